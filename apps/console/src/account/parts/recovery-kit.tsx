import { type VerifiedStatement, fingerprintDigits, fingerprintWords } from '@latchkey/client-crypto'
import { useEffect, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import type { AccountSession } from '../account-api.ts'
import { useTask } from '../../design/use-task.ts'
import { Entry } from '../../design/entry.tsx'
import { Fingerprint } from './fingerprint.tsx'
import { Page } from '../../design/page.tsx'
import { type FieldErrors, TaskForm } from '../../design/task-form.tsx'

interface KitProps {
  readonly session: AccountSession
  readonly statement: VerifiedStatement
  readonly recoveryKit: string
}

/** Shows a recovery kit, and lets it go only when a group of it was typed back: a kit that was not written down is none. */
export function RecoveryKit({ session, statement, recoveryKit, onSaved }: KitProps & { readonly onSaved: () => Promise<void> }) {
  const [isAsking, setAsking] = useState(false)
  const groups = recoveryKit.split('-')
  const [asked] = useState(() => crypto.getRandomValues(new Uint8Array(1))[0]! % groups.length)
  useWarningOnLeave()
  return isAsking ? (
    <AskedBack number={asked + 1} group={groups[asked]!} onRight={onSaved} onBack={() => setAsking(false)} />
  ) : (
    <Page title="Save your recovery kit">
      <p>
        Your key is made. The server stored exactly what this browser made: the fingerprints are the same. If you ever forget the master
        password, this kit is the only thing that opens your key.
      </p>
      <section className="kit" aria-labelledby="kit">
        <h2 id="kit">Recovery kit</h2>
        <p>
          {session.user.userName}, {session.organization.name}
        </p>
        <ol className="groups">
          {groups.map((group) => (
            <li key={group}>
              <code>{group}</code>
            </li>
          ))}
        </ol>
        <h3>Fingerprint of your key</h3>
        <Fingerprint statement={statement} />
      </section>
      <p>Keep it on paper or in a password manager, away from this computer. Whoever has it and can sign in as you can open your key.</p>
      <p className="actions">
        <Button onPress={() => saveAsFile({ session, statement, recoveryKit })}>Save as a file</Button>
        <Button onPress={() => window.print()}>Print</Button>
        <Button className="primary" onPress={() => setAsking(true)}>
          I have saved it
        </Button>
      </p>
    </Page>
  )
}

function AskedBack(props: { number: number; group: string; onRight: () => Promise<void>; onBack: () => void }) {
  const task = useTask()
  const [typed, setTyped] = useState('')
  const [errors, setErrors] = useState<FieldErrors>({})
  const submit = () => {
    const isRight = typed.trim().toUpperCase() === props.group
    setErrors(isRight ? {} : { typed: `That is not group ${props.number}. Look at the kit that you saved.` })
    if (isRight) void task.run('Opening your account…', props.onRight)
  }
  return (
    <Page title="Is the kit saved?">
      <p>Take the kit that you have just saved, not this screen, and type one group of it.</p>
      <TaskForm task={task} errors={errors} submit="Go on" onSubmit={submit}>
        <Entry label={`Group ${props.number} of your recovery kit`} value={typed} onChange={setTyped} error={errors['typed']} />
      </TaskForm>
      <p>
        <Button className="quiet" onPress={props.onBack}>
          Show the kit again
        </Button>
      </p>
    </Page>
  )
}

/** The kit is shown once: a tab that is closed by mistake would take it along. */
function useWarningOnLeave(): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [])
}

function saveAsFile({ session, statement, recoveryKit }: KitProps): void {
  const text = `Latchkey recovery kit

${session.user.userName}, ${session.organization.name}
${location.origin}/account/sign-in?organization=${session.organization.slug}

Recovery kit
${recoveryKit}

Fingerprint of the key
${fingerprintWords(statement.fingerprint).join(' ')}
${fingerprintDigits(statement.fingerprint).join(' ')}

Keep this away from your computer. With it and your sign-in your key can be opened when the master password is forgotten.
`
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `latchkey-recovery-kit-${session.organization.slug}.txt`
  link.click()
  URL.revokeObjectURL(address)
}
