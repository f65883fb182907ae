import type { UnlockedKey } from '@latchkey/client-crypto'
import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { type SignedInProps, useAccount } from '../account-context.ts'
import { PasswordEntry } from '../../design/entry.tsx'
import { Page } from '../../design/page.tsx'
import { RecoveryKit } from '../parts/recovery-kit.tsx'
import { type FieldErrors, TaskForm } from '../../design/task-form.tsx'
import { useTask } from '../../design/use-task.ts'

/** Another recovery kit in the place of one that was lost or seen. */
export function NewKit({ session, onChange, onBack }: SignedInProps & { readonly onBack: () => void }) {
  const { keys } = useAccount()
  const task = useTask()
  const [masterPassword, setMasterPassword] = useState('')
  const [errors, setErrors] = useState<FieldErrors>({})
  const [made, setMade] = useState<{ readonly key: UnlockedKey; readonly recoveryKit: string } | null>(null)
  if (made) {
    const { key, recoveryKit } = made
    const open = () => onChange({ key, isNewHere: false })
    return <RecoveryKit session={session} statement={key.statement} recoveryKit={recoveryKit} onSaved={open} />
  }
  const submit = () => {
    setErrors(masterPassword === '' ? { masterPassword: 'Type your master password.' } : {})
    if (masterPassword === '') return
    void task.run('Making a new kit, about a second…', async () => {
      setMade(await keys.renewKit(session, masterPassword))
      setMasterPassword('')
    })
  }
  return (
    <Page title="Make a new recovery kit">
      <p>The kit that you have now opens nothing any more as soon as the new one is made.</p>
      <TaskForm task={task} errors={errors} submit="Make a new kit" onSubmit={submit}>
        <PasswordEntry label="Master password" value={masterPassword} onChange={setMasterPassword} error={errors['masterPassword']} />
      </TaskForm>
      <p className="actions">
        <Button className="quiet" onPress={onBack}>
          Back
        </Button>
      </p>
    </Page>
  )
}
