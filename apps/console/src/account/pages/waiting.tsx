import { type UnlockedKey, type VerifiedStatement, fingerprintDigits, fingerprintWords } from '@latchkey/client-crypto'
import { useEffect, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Moment } from '../../design/moment.tsx'
import { Page } from '../../design/page.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import { useAccount } from '../account-context.ts'
import type { WaitingPerson } from '../group-keys.ts'
import { becauseWords, nameOf } from '../parts/group-words.ts'
import { type Done, Progress } from '../parts/progress.tsx'

/** Who waits for keys that the person holds: whose key it is is looked at here, and then it is given. */
export function WaitingForAKey({ unlocked, onCount }: { readonly unlocked: UnlockedKey; readonly onCount: (count: number) => void }) {
  const { groupKeys } = useAccount()
  const task = useTask()
  const [people, setPeople] = useState<readonly WaitingPerson[] | null>(null)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [done, setDone] = useState<Done | null>(null)
  const [said, setSaid] = useState('')
  const [isAutomatic, setAutomatic] = useState(false)
  const load = async () => {
    const waiting = await groupKeys.waiting(unlocked)
    setPeople(waiting.people)
    setAutomatic(waiting.isAutomatic)
    setChosen(new Set())
    onCount(waiting.people.length)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once, and again after each approval.
  useEffect(() => {
    void task.run('Looking who waits, and checking their keys…', load)
  }, [])
  const approve = (approved: readonly WaitingPerson[]) =>
    task.run('Approving…', async () => {
      setSaid('')
      try {
        const { granted, moved } = await groupKeys.approve(unlocked, approved, (sealed, total) =>
          setDone({ what: 'Sealing and sending', done: sealed, total }),
        )
        const rest = moved.length > 0 ? ` ${moved.length} changed meanwhile and were left out; look at them again.` : ''
        setSaid(`${granted.toLocaleString()} ${granted === 1 ? 'person has' : 'people have'} the key now.${rest}`)
      } finally {
        setDone(null)
        await load()
      }
    })
  // A key that is another than before is looked at by itself, never with others (KEY-4).
  const together = (people ?? []).filter(({ statement, former }) => statement !== null && former === null)
  const selected = together.filter((person) => chosen.has(keyOf(person)))
  return (
    <Page title="Waiting for a key">
      <p>
        Your organisation put these people into groups whose keys you hold. Compare the fingerprint with the person, by telephone or face to
        face, and approve: only then can they decrypt. Whoever you do not know, leave.
      </p>
      <TaskStatus task={task} />
      <Progress of={done} />
      <p role="status">{said}</p>
      {isAutomatic && <Consent unlocked={unlocked} />}
      {people?.length === 0 && <p>Nobody waits for a key that you hold.</p>}
      {people && people.length > 0 && (
        <>
          {together.length > 1 && (
            <p className="actions">
              <Button
                isDisabled={task.busy !== null}
                onPress={() => setChosen(selected.length === together.length ? new Set() : new Set(together.map(keyOf)))}
              >
                {selected.length === together.length ? 'Select nobody' : `Select all ${together.length.toLocaleString()}`}
              </Button>
              <Button className="primary" isDisabled={task.busy !== null || selected.length === 0} onPress={() => void approve(selected)}>
                Approve {selected.length.toLocaleString()} selected
              </Button>
            </p>
          )}
          <ul className="waiting" aria-label="Who waits">
            {people.map((person) => (
              <Person
                key={keyOf(person)}
                person={person}
                isBusy={task.busy !== null}
                isChosen={chosen.has(keyOf(person))}
                onChoose={
                  together.length > 1 && together.includes(person)
                    ? (isChosen) =>
                        setChosen(
                          isChosen ? new Set([...chosen, keyOf(person)]) : new Set([...chosen].filter((key) => key !== keyOf(person))),
                        )
                    : null
                }
                onApprove={() => void approve([person])}
              />
            ))}
          </ul>
        </>
      )}
    </Page>
  )
}

/** The organisation's policy is not enough: without the person's own word a server could put anybody into a group and be given its key. */
function Consent({ unlocked }: { readonly unlocked: UnlockedKey }) {
  const { groupKeys } = useAccount()
  const [isAllowed, setAllowed] = useState(groupKeys.allowsAutomatic(unlocked))
  return (
    <div className="notice">
      <p>
        Your organisation lets open pages give keys to new members without anybody’s looking. While you agree and this page is open, whoever
        is put into your groups and has a first key gets yours. Nobody gets one by this after a reset.
      </p>
      <p>
        <label>
          <input
            type="checkbox"
            checked={isAllowed}
            onChange={({ target }) => {
              groupKeys.allowAutomatic(unlocked, target.checked)
              setAllowed(target.checked)
            }}
          />{' '}
          Give keys from this browser without asking me
        </label>
      </p>
    </div>
  )
}

function keyOf({ group, member }: WaitingPerson): string {
  return `${group.id} ${member.userId}`
}

interface PersonProps {
  readonly person: WaitingPerson
  readonly isBusy: boolean
  readonly isChosen: boolean
  /** Null for whoever is approved by themself only. */
  readonly onChoose: ((isChosen: boolean) => void) | null
  readonly onApprove: () => void
}

function Person({ person, isBusy, isChosen, onChoose, onApprove }: PersonProps) {
  const { group, member, since, statement, former } = person
  const name = nameOf(member)
  return (
    <li>
      <p>
        {onChoose && (
          <input
            type="checkbox"
            aria-label={`Select ${name} for ${group.displayName}`}
            checked={isChosen}
            disabled={isBusy}
            onChange={({ target }) => onChoose(target.checked)}
          />
        )}{' '}
        <strong>{name}</strong> for <strong>{group.displayName}</strong>, since <Moment at={since} />
        <br />
        {becauseWords[member.because]}
      </p>
      {statement === null ? (
        <p className="trouble">
          The key log has no key of theirs, whatever the server says. They cannot be approved; tell your administrator.
        </p>
      ) : (
        <>
          {former && (
            <div className="notice">
              <p>
                <strong>This is another key than before.</strong> They set up a new one after a reset, or somebody put it in their place. Do
                not approve before you have spoken with them.
              </p>
              <p>Before:</p>
              <ShortFingerprint statement={former} />
              <p>Now:</p>
            </div>
          )}
          <ShortFingerprint statement={statement} />
          <p className="actions">
            <Button
              isDisabled={isBusy}
              aria-label={`${former ? 'Approve the new key of' : 'Approve'} ${name} for ${group.displayName}`}
              onPress={onApprove}
            >
              {former ? 'I have compared the new key: approve' : 'Approve'}
            </Button>
          </p>
        </>
      )}
    </li>
  )
}

function ShortFingerprint({ statement }: { readonly statement: VerifiedStatement }) {
  return (
    <p className="short-fingerprint">
      {fingerprintWords(statement.fingerprint).join(' ')}
      <br />
      {fingerprintDigits(statement.fingerprint).join(' ')}
    </p>
  )
}
