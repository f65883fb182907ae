import type { UnlockedKey } from '@latchkey/client-crypto'
import { useState } from 'react'
import { type SignedInProps, useAccount } from '../account-context.ts'
import { NewPasswordEntries, newPasswordErrors, noPassword } from '../parts/new-password.tsx'
import { Page } from '../../design/page.tsx'
import { RecoveryKit } from '../parts/recovery-kit.tsx'
import { type FieldErrors, TaskForm } from '../../design/task-form.tsx'
import { useTask } from '../../design/use-task.ts'
import { singleSignOnAddress } from './sign-in.tsx'

/** The one time that a person makes their key: a master password, then the recovery kit, then the account is open. */
export function SetUp({ session, onChange }: SignedInProps) {
  const { keys } = useAccount()
  const task = useTask()
  const [typed, setTyped] = useState(noPassword)
  const [errors, setErrors] = useState<FieldErrors>({})
  const [made, setMade] = useState<{ readonly key: UnlockedKey; readonly recoveryKit: string } | null>(null)

  if (made) {
    const { key, recoveryKit } = made
    const open = () => onChange({ key, isNewHere: false })
    return <RecoveryKit session={session} statement={key.statement} recoveryKit={recoveryKit} onSaved={open} />
  }
  const submit = () => {
    const found = newPasswordErrors(typed, session)
    setErrors(found)
    if (Object.keys(found).length > 0) return
    void task.run('Making your key, a few seconds…', async () => {
      setMade(await keys.setUp(session, typed.password))
      setTyped(noPassword)
    })
  }
  return (
    <Page title="Set up your encryption key">
      <p>
        You are signed in as <strong>{session.user.userName}</strong> at {session.organization.name}. One step is left: a master password.
        It makes a key in this browser, and only you can open what is sealed to it.
      </p>
      <TaskForm
        task={task}
        errors={errors}
        submit="Make my key"
        onSubmit={submit}
        {...(session.via === 'sso' ? { signInAt: singleSignOnAddress(session.organization.slug) } : {})}
      >
        <NewPasswordEntries value={typed} onChange={setTyped} errors={errors} session={session} />
      </TaskForm>
      <aside aria-label="What this protects, and what it does not">
        <p>
          Your identity provider, your administrators and this server cannot decrypt what is sealed to your key. They could put a new key in
          your place: members then see a changed fingerprint, and nothing is granted to it until a person approves. Before your first set-up
          nobody has a fingerprint of yours to compare, and whoever holds this database can try to guess a weak master password.
        </p>
        <p>Nobody can send you a forgotten master password. Next you will be shown a recovery kit for that case.</p>
      </aside>
    </Page>
  )
}
