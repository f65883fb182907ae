import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { type SignedInProps, useAccount } from '../account-context.ts'
import { PasswordEntry } from '../../design/entry.tsx'
import { Page } from '../../design/page.tsx'
import { type FieldErrors, TaskForm } from '../../design/task-form.tsx'
import { useTask } from '../../design/use-task.ts'

/** The second of two separate steps: signed in already, the key is opened now. */
export function Unlock({ session, onChange, onForgotten }: SignedInProps & { readonly onForgotten: () => void }) {
  const { keys } = useAccount()
  const task = useTask()
  const [masterPassword, setMasterPassword] = useState('')
  const [errors, setErrors] = useState<FieldErrors>({})
  const submit = () => {
    setErrors(masterPassword === '' ? { masterPassword: 'Type your master password.' } : {})
    if (masterPassword === '') return
    void task.run('Deriving from your master password, about a second…', async () => onChange(await keys.unlock(session, masterPassword)))
  }
  return (
    <Page title="Unlock">
      <p>
        You are signed in as <strong>{session.user.userName}</strong> at {session.organization.name}. Your master password opens your key,
        in this browser only.
      </p>
      <TaskForm task={task} errors={errors} submit="Unlock" onSubmit={submit}>
        <PasswordEntry label="Master password" value={masterPassword} onChange={setMasterPassword} error={errors['masterPassword']} />
      </TaskForm>
      <p>
        <Button className="quiet" onPress={onForgotten}>
          I forgot the master password
        </Button>
      </p>
    </Page>
  )
}
