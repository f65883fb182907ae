import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import type { AccountSession } from '../account-api.ts'
import { useAccount } from '../account-context.ts'
import type { OpenKey } from '../account-keys.ts'
import { Entry, PasswordEntry } from '../../design/entry.tsx'
import { Page } from '../../design/page.tsx'
import { type FieldErrors, TaskForm } from '../../design/task-form.tsx'
import { useTask } from '../../design/use-task.ts'

/** An owner's way in when single sign-on is not there or broken: the proof of the master password signs in, and it stays in the browser. */
export function OwnerSignIn(props: {
  readonly slug: string
  readonly onSignedIn: (session: AccountSession, opened: OpenKey) => void
  readonly onBack: () => void
}) {
  const { keys } = useAccount()
  const task = useTask()
  const [slug, setSlug] = useState(props.slug)
  const [userName, setUserName] = useState('')
  const [masterPassword, setMasterPassword] = useState('')
  const [errors, setErrors] = useState<FieldErrors>({})
  const submit = () => {
    const found: FieldErrors = {
      ...(slug.trim() === '' ? { slug: 'Type the short name of your organisation.' } : {}),
      ...(userName.trim() === '' ? { userName: 'Type your user name, mostly your e-mail address.' } : {}),
      ...(masterPassword === '' ? { masterPassword: 'Type your master password.' } : {}),
    }
    setErrors(found)
    if (Object.keys(found).length > 0) return
    void task.run('Deriving from your master password, about a second…', async () => {
      const { session, opened } = await keys.signInAsOwner(slug.trim().toLowerCase(), userName.trim(), masterPassword)
      props.onSignedIn(session, opened)
    })
  }
  return (
    <Page title="Sign in as an owner">
      <p>For owners who have set up their key. Your master password does not leave this browser.</p>
      <TaskForm task={task} errors={errors} submit="Sign in and unlock" onSubmit={submit}>
        <Entry label="Short name of your organisation" autoComplete="organization" value={slug} onChange={setSlug} error={errors['slug']} />
        <Entry label="User name" autoComplete="username" value={userName} onChange={setUserName} error={errors['userName']} />
        <PasswordEntry label="Master password" value={masterPassword} onChange={setMasterPassword} error={errors['masterPassword']} />
      </TaskForm>
      <details>
        <summary>I forgot the master password</summary>
        <p>
          Sign in with single sign-on and use your recovery kit. Where there is no single sign-on, ask whoever runs the server for an
          owner’s link (<code>latchkey owner link</code>); it leads to the recovery kit as well.
        </p>
      </details>
      <p className="actions">
        <Button className="quiet" onPress={props.onBack}>
          Back
        </Button>
      </p>
    </Page>
  )
}
