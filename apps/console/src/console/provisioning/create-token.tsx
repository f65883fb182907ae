import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Entry } from '../../design/entry.tsx'
import { type FieldErrors, TaskForm } from '../../design/task-form.tsx'
import { useTask } from '../../design/use-task.ts'
import type { IssuedScimToken, ScimToken } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { Choice } from '../parts/choice.tsx'

const lifetimes = [
  ['30', '30 days'],
  ['90', '90 days'],
  ['180', '180 days'],
  ['365', '1 year'],
  ['730', '2 years'],
  ['0', 'For ever (not advised)'],
] as const

const modes = [
  ['tolerant', 'Tolerant: what providers really send is understood'],
  ['strict', 'Strict: RFC 7643 and 7644 to the letter'],
] as const

/** A description, a lifetime, and how to read. */
export function CreateToken(props: { readonly onCreated: (token: IssuedScimToken) => Promise<void>; readonly onCancelled: () => void }) {
  const { api } = useConsole()
  const task = useTask()
  const [description, setDescription] = useState('')
  const [ttlDays, setTtlDays] = useState('365')
  const [mode, setMode] = useState<string>('tolerant')
  const [errors, setErrors] = useState<FieldErrors>({})
  const submit = () => {
    const name = description.trim()
    setErrors(name === '' ? { description: 'Say what the token is for, for example the name of the provider.' } : {})
    if (name === '') return
    void task.run('Creating the token…', async () =>
      props.onCreated(await api.createToken({ description: name, ttlDays: Number(ttlDays), mode: mode as ScimToken['mode'] })),
    )
  }
  return (
    <div className="panel">
      <h3>Create a SCIM token</h3>
      <TaskForm task={task} errors={errors} submit="Create the token" onSubmit={submit}>
        <Entry
          label="Description"
          hint="What it is for, for example Okta."
          value={description}
          onChange={setDescription}
          error={errors['description']}
        />
        <Choice
          label="Lifetime"
          value={ttlDays}
          onChange={setTtlDays}
          options={lifetimes}
          hint="You are told by mail 30, 7 and 1 days before it ends."
        />
        <Choice
          label="Reads requests"
          value={mode}
          onChange={setMode}
          options={modes}
          hint="Leave it tolerant unless you test a client of your own."
        />
      </TaskForm>
      <Button className="quiet" onPress={props.onCancelled}>
        Cancel
      </Button>
    </div>
  )
}
