import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { type SignedInProps, useAccount } from '../account-context.ts'
import { PasswordEntry } from '../../design/entry.tsx'
import { NewPasswordEntries, newPasswordErrors, noPassword } from '../parts/new-password.tsx'
import { Page } from '../../design/page.tsx'
import { type FieldErrors, TaskForm } from '../../design/task-form.tsx'
import { useTask } from '../../design/use-task.ts'

/** Another master password for the same key. */
export function ChangePassword({ session, onChange, onBack }: SignedInProps & { readonly onBack: () => void }) {
  const { keys } = useAccount()
  const task = useTask()
  const [present, setPresent] = useState('')
  const [typed, setTyped] = useState(noPassword)
  const [errors, setErrors] = useState<FieldErrors>({})
  const submit = () => {
    const found = { ...(present === '' ? { present: 'Type your present master password.' } : {}), ...newPasswordErrors(typed, session) }
    setErrors(found)
    if (Object.keys(found).length > 0) return
    void task.run('Protecting your key anew, a few seconds…', async () => {
      const key = await keys.changePassword(session, present, typed.password)
      await onChange({ key, isNewHere: false })
    })
  }
  return (
    <Page title="Change the master password">
      <p>Your key, its fingerprint and your recovery kit stay the same.</p>
      <TaskForm task={task} errors={errors} submit="Change it" onSubmit={submit}>
        <PasswordEntry label="Present master password" value={present} onChange={setPresent} error={errors['present']} />
        <NewPasswordEntries value={typed} onChange={setTyped} errors={errors} session={session} />
      </TaskForm>
      <p className="actions">
        <Button className="quiet" onPress={onBack}>
          Back
        </Button>
      </p>
    </Page>
  )
}
