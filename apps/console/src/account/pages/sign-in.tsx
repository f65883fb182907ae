import { useEffect, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { ApiProblem } from '../../http/json-api.ts'
import type { KnownOrganization } from '../account-api.ts'
import { useAccount } from '../account-context.ts'
import { Entry } from '../../design/entry.tsx'
import { Page } from '../../design/page.tsx'
import { type FieldErrors, TaskForm } from '../../design/task-form.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'

/** Where single sign-on begins for an organisation. */
export function singleSignOnAddress(slug: string): string {
  return `/sso/start?organization=${encodeURIComponent(slug)}`
}

/** By the organisation's short name. */
export function SignIn({
  slug,
  notice,
  onOwner,
}: {
  readonly slug: string
  readonly notice?: string | undefined
  readonly onOwner: (slug: string) => void
}) {
  const { api } = useAccount()
  const task = useTask()
  const [organization, setOrganization] = useState<KnownOrganization | null>(null)
  const [typed, setTyped] = useState(slug)
  const [errors, setErrors] = useState<FieldErrors>({})
  const find = (wanted: string) => task.run('Looking for your organisation…', async () => setOrganization(await knownOrganization(wanted)))
  async function knownOrganization(wanted: string): Promise<KnownOrganization> {
    try {
      return await api.organization(wanted)
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 404) throw error
      throw new ApiProblem(
        404,
        error.code,
        `No organisation here is called “${wanted}”. Look at your set-up mail, or ask whoever manages accounts in your organisation.`,
      )
    }
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: a link from a mail is followed once, when the page opens.
  useEffect(() => {
    if (slug !== '') void find(slug)
  }, [])

  if (organization) return <WaysIn organization={organization} onOwner={onOwner} onBack={() => setOrganization(null)} />
  return (
    <Page title="Sign in">
      {notice !== undefined && <p className="notice">{notice}</p>}
      <TaskForm
        task={task}
        errors={errors}
        submit="Continue"
        onSubmit={() => {
          const wanted = typed.trim().toLowerCase()
          setErrors(wanted === '' ? { slug: 'Type the short name of your organisation, as in your set-up mail.' } : {})
          if (wanted !== '') void find(wanted)
        }}
      >
        <Entry
          label="Short name of your organisation"
          autoComplete="organization"
          hint="It stands in your set-up mail, for example acme."
          value={typed}
          onChange={setTyped}
          error={errors['slug']}
        />
      </TaskForm>
      <FindByAddress />
      <p className="actions">
        <Button className="quiet" onPress={() => onOwner(typed.trim().toLowerCase())}>
          Sign in as an owner
        </Button>
      </p>
    </Page>
  )
}

/** For who does not know the short name: by mail, so that nobody learns who has an account. */
function FindByAddress() {
  const { api } = useAccount()
  const task = useTask()
  const [address, setAddress] = useState('')
  const [errors, setErrors] = useState<FieldErrors>({})
  const [sentTo, setSentTo] = useState<string | null>(null)
  const submit = () => {
    const wanted = address.trim()
    setErrors(/^[^\s@]+@[^\s@]+$/.test(wanted) ? {} : { address: 'Type the e-mail address that your organisation gave you.' })
    if (!/^[^\s@]+@[^\s@]+$/.test(wanted)) return
    void task.run('Asking…', async () => {
      await api.mailSignInLinks(wanted)
      setSentTo(wanted)
    })
  }
  return (
    <details>
      <summary>I do not know the short name</summary>
      <TaskForm task={task} errors={errors} submit="Send me the way in" onSubmit={submit}>
        <Entry
          label="Your e-mail address at work"
          autoComplete="email"
          hint="A mail leads you to the sign-in page of your organisation."
          value={address}
          onChange={setAddress}
          error={errors['address']}
        />
      </TaskForm>
      <p role="status">
        {sentTo !== null &&
          `If ${sentTo} has an account here, a mail is on its way. Nothing came? Ask whoever manages accounts in your organisation.`}
      </p>
    </details>
  )
}

function WaysIn(props: { organization: KnownOrganization; onOwner: (slug: string) => void; onBack: () => void }) {
  const { name, slug, sso } = props.organization
  return (
    <Page title={`Sign in to ${name}`}>
      {sso === null ? (
        <p>{name} has not connected its single sign-on yet. Owners can sign in; everybody else asks their administrator.</p>
      ) : (
        <>
          <p>Your organisation signs you in. Afterwards you open your key here, with a master password that only you know.</p>
          <p className="actions">
            <a className="button primary" href={singleSignOnAddress(slug)}>
              Sign in with single sign-on
            </a>
          </p>
        </>
      )}
      <p className="actions">
        <Button className="quiet" onPress={() => props.onOwner(slug)}>
          Sign in as an owner
        </Button>
        <Button className="quiet" onPress={props.onBack}>
          Another organisation
        </Button>
      </p>
    </Page>
  )
}

/** While the account is looked up, and when it cannot be. */
export function Waiting({
  title,
  task,
  onRetry,
}: {
  readonly title: string
  readonly task: ReturnType<typeof useTask>
  readonly onRetry: () => void
}) {
  return (
    <Page title={title}>
      <TaskStatus task={task} />
      {task.trouble && (
        <p className="actions">
          <Button onPress={onRetry}>Try again</Button>
        </p>
      )}
    </Page>
  )
}
