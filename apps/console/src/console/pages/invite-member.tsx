import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Entry } from '../../design/entry.tsx'
import { type FieldErrors, TaskForm } from '../../design/task-form.tsx'
import { useTask } from '../../design/use-task.ts'
import type { GrantedRole } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { Choice } from '../parts/choice.tsx'
import { roleWords } from '../parts/words.ts'

const nobody = { userName: '', displayName: '', email: '', role: '' }

/** Somebody whom no provider manages. */
export function InviteMember() {
  const { api, may } = useConsole()
  const queries = useQueryClient()
  const task = useTask()
  const [typed, setTyped] = useState(nobody)
  const [errors, setErrors] = useState<FieldErrors>({})
  const [invited, setInvited] = useState('')
  const submit = () => {
    const userName = typed.userName.trim()
    setErrors(userName === '' ? { userName: 'Type the name by which your single sign-on knows them.' } : {})
    setInvited('')
    if (userName === '') return
    void task.run('Inviting…', async () => {
      const role = typed.role === '' ? null : (typed.role as GrantedRole)
      await api.invite({ userName, email: typed.email.trim() || null, displayName: typed.displayName.trim() || null, role })
      setInvited(userName)
      setTyped(nobody)
      await queries.invalidateQueries({ queryKey: ['members'] })
    })
  }
  const set = (field: keyof typeof nobody) => (value: string) => setTyped({ ...typed, [field]: value })
  return (
    <section aria-labelledby="invite">
      <h2 id="invite">Invite a member</h2>
      <p>For people whom your identity provider does not send. They sign in through it all the same, and make their encryption key.</p>
      <TaskForm task={task} errors={errors} submit="Invite" onSubmit={submit}>
        <Entry
          label="User name"
          hint="As single sign-on tells it, most often the e-mail address."
          value={typed.userName}
          onChange={set('userName')}
          error={errors['userName']}
        />
        <Entry label="Name" hint="May be left empty." value={typed.displayName} onChange={set('displayName')} />
        <Entry
          label="E-mail address"
          hint="May be left empty where the user name is the address."
          value={typed.email}
          onChange={set('email')}
        />
        {may('owner') && (
          <Choice
            label="Role of their own"
            value={typed.role}
            onChange={set('role')}
            options={[
              ['', 'None: groups and settings decide'],
              ['auditor', roleWords.auditor],
              ['admin', roleWords.admin],
            ]}
          />
        )}
      </TaskForm>
      <p role="status">{invited !== '' && `${invited} is invited; the set-up mail is on its way.`}</p>
    </section>
  )
}
