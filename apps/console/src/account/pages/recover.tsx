import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { type SignedInProps, useAccount } from '../account-context.ts'
import { LongEntry } from '../../design/entry.tsx'
import { NewPasswordEntries, newPasswordErrors, noPassword } from '../parts/new-password.tsx'
import { Page } from '../../design/page.tsx'
import { type FieldErrors, TaskForm } from '../../design/task-form.tsx'
import { useTask } from '../../design/use-task.ts'
import { Reset } from './reset.tsx'

/** With the recovery kit to a new master password; and where the kit is lost as well, to a reset. */
export function Recover({ session, onChange, onBack }: SignedInProps & { readonly onBack: () => void }) {
  const { keys } = useAccount()
  const task = useTask()
  const [kit, setKit] = useState('')
  const [typed, setTyped] = useState(noPassword)
  const [errors, setErrors] = useState<FieldErrors>({})
  const submit = () => {
    const found = {
      ...(kit.trim() === '' ? { kit: 'Type all eight groups of your recovery kit.' } : {}),
      ...newPasswordErrors(typed, session),
    }
    setErrors(found)
    if (Object.keys(found).length > 0) return
    void task.run('Opening with your recovery kit, a few seconds…', async () => {
      const key = await keys.recover(session, kit, typed.password)
      await onChange({ key, isNewHere: false })
    })
  }
  return (
    <Page title="Recover your key">
      <p>Your recovery kit opens your key, and you choose a new master password. Key and fingerprint stay the same; so does the kit.</p>
      <TaskForm task={task} errors={errors} submit="Recover" onSubmit={submit}>
        <LongEntry
          label="Recovery kit"
          hint="Eight groups of five letters and digits, in any case, with or without hyphens."
          value={kit}
          onChange={setKit}
          error={errors['kit']}
        />
        <NewPasswordEntries value={typed} onChange={setTyped} errors={errors} session={session} />
      </TaskForm>
      <Reset session={session} onChange={onChange} />
      <p className="actions">
        <Button className="quiet" onPress={onBack}>
          Back
        </Button>
      </p>
    </Page>
  )
}
