import { Page } from '../../design/page.tsx'
import { problemText } from '../problem-texts.ts'

/** Why a sign-in led nowhere, and what to do. */
export function Problem({ code }: { readonly code: string }) {
  const { title, text, advice } = problemText(code)
  return (
    <Page title={title}>
      <p>{text}</p>
      <p>{advice}</p>
      {/^[a-z-]{1,40}$/.test(code) && (
        <p className="hint">
          What it was: <code>{code}</code>
        </p>
      )}
      <p className="actions">
        <a className="button primary" href="/account/sign-in">
          Sign in again
        </a>
      </p>
    </Page>
  )
}
