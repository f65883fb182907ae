import type { UnlockedKey } from '@latchkey/client-crypto'
import { useEffect, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Link } from 'wouter'
import { Moment } from '../../design/moment.tsx'
import { Page } from '../../design/page.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { type Task, useTask } from '../../design/use-task.ts'
import type { OwnGroup } from '../account-api.ts'
import { useAccount } from '../account-context.ts'
import type { ProvenHolder } from '../group-keys.ts'
import { departureWords, keyWords, memberWords, nameOf } from '../parts/group-words.ts'
import { type Done, Progress } from '../parts/progress.tsx'
import { Section } from '../parts/section.tsx'
import { GroupNote } from './group-note.tsx'

/** One group: its key, what is sealed to it, and who can decrypt. */
export function GroupPage({ id, unlocked }: { readonly id: string; readonly unlocked: UnlockedKey }) {
  const { groupKeys } = useAccount()
  const task = useTask()
  const [group, setGroup] = useState<OwnGroup | null>(null)
  const [holders, setHolders] = useState<readonly ProvenHolder[] | null>(null)
  const [done, setDone] = useState<Done | null>(null)
  const [said, setSaid] = useState('')
  const load = async () => {
    const read = await groupKeys.group(id)
    setGroup(read)
    setHolders(read.status === 'active' && read.key.epoch !== null ? await groupKeys.holders(unlocked, id) : null)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once for each group.
  useEffect(() => {
    void task.run('Reading the group…', load)
  }, [id])
  /** Whatever becomes of it, the group is read again: it may be another than the page shows. */
  const change = (what: string, work: () => Promise<string>) =>
    task.run(what, async () => {
      setSaid('')
      try {
        setSaid(await work())
      } finally {
        setDone(null)
        await load()
      }
    })
  const holds = group?.status === 'active' && group.key.epoch !== null
  return (
    <Page title={group?.displayName ?? 'Group'}>
      <p>
        <Link href="/account/groups">All your groups</Link>
      </p>
      <TaskStatus task={task} />
      <Progress of={done} />
      <p role="status">{said}</p>
      {group && (
        <>
          <Section title="The group’s key">
            <KeyState group={group} />
            <KeyActions
              group={group}
              task={task}
              onMake={() => void change('Making the key…', () => make(groupKeys, unlocked, id))}
              onReplace={() =>
                void change('Replacing the key…', async () => {
                  const { granted, moved } = await groupKeys.rotate(unlocked, id, (sealed, total) =>
                    setDone({ what: 'Sealing the new key', done: sealed, total }),
                  )
                  const others = moved.length > 0 ? ` ${moved.length} changed meanwhile and wait for approval.` : ''
                  return `The key is replaced: ${granted === 1 ? 'one other has' : `${granted.toLocaleString()} others have`} the new one.${others}`
                })
              }
              onAsk={() =>
                void change('Asking…', async () => {
                  await groupKeys.request(id)
                  return 'Those who hold the key were told that you wait, at most once a day.'
                })
              }
            />
          </Section>
          {holds && (
            <Section title="A note to the group">
              <GroupNote key={`${id} ${group.key.epoch}`} group={id} unlocked={unlocked} />
            </Section>
          )}
          {holds && holders && <Holders group={group} holders={holders} />}
        </>
      )}
    </Page>
  )
}

async function make(groupKeys: ReturnType<typeof useAccount>['groupKeys'], unlocked: UnlockedKey, id: string): Promise<string> {
  await groupKeys.make(unlocked, id)
  return 'The group has a key, and you hold it. Approve the others now, under “Waiting for a key”.'
}

function KeyState({ group }: { readonly group: OwnGroup }) {
  const { key } = group
  return (
    <>
      <p>
        <strong>{keyWords(group)}.</strong> {memberWords(group)}.{' '}
        {key.madeAt !== null && (
          <>
            Made <Moment at={key.madeAt} />.
          </>
        )}
      </p>
      {key.state === 'rotation-due' && (
        <div className="notice">
          <p>
            Somebody who held this key is gone, and may still know it. Replace it, so that they cannot read what is sealed from now on. What
            was sealed before, they could read before.
          </p>
          <ul>
            {key.reasons.map(({ userId, userName, how }) => (
              <li key={userId}>
                {userName ?? 'Somebody who is erased'} {departureWords[how]}
              </li>
            ))}
          </ul>
        </div>
      )}
      {key.state === 'orphaned' && (
        <p className="notice">
          Nobody in this group can open its key at this moment: everybody who held it was removed, deactivated or reset. Ask your
          administrator to bring one of them back; deletions can be undone for 30 days.
        </p>
      )}
    </>
  )
}

interface KeyActionsProps {
  readonly group: OwnGroup
  readonly task: Task
  readonly onMake: () => void
  readonly onReplace: () => void
  readonly onAsk: () => void
}

function KeyActions({ group: { key, status }, task, onMake, onReplace, onAsk }: KeyActionsProps) {
  const isBusy = task.busy !== null
  if (key.state === 'unkeyed') {
    return (
      <>
        <p>The first member to make it holds it, and approves the others. It is made in this browser; nobody else sees it.</p>
        <p className="actions">
          <Button className="primary" isDisabled={isBusy} onPress={onMake}>
            Make the group’s key
          </Button>
        </p>
      </>
    )
  }
  if (status !== 'active') {
    return (
      <p className="actions">
        <Button isDisabled={isBusy || key.state === 'orphaned'} onPress={onAsk}>
          Ask for the key
        </Button>
      </p>
    )
  }
  return (
    <p className="actions">
      <Button className={key.state === 'rotation-due' ? 'primary' : ''} isDisabled={isBusy} onPress={onReplace}>
        Replace the key
      </Button>
      {key.waiting > 0 && (
        <Link className="button" href="/account/waiting">
          Waiting for a key ({key.waiting.toLocaleString()})
        </Link>
      )}
    </p>
  )
}

/** As signatures show it, which this browser has checked; what the server says beyond that is said to be so. */
function Holders({ group, holders }: { readonly group: OwnGroup; readonly holders: readonly ProvenHolder[] }) {
  return (
    <Section title="Who can decrypt">
      <p>
        {holders.length === 1 ? 'One person holds' : `${holders.length.toLocaleString()} people hold`} the key of epoch {group.key.epoch},
        as the signatures show that your browser has checked.
      </p>
      <ul aria-label="Who can decrypt">
        {holders.map(({ member, isProven }) => (
          <li key={member.userId}>
            {nameOf(member)}
            {!isProven && <strong> – the server says so, and no signature shows it. Tell your administrator.</strong>}
          </li>
        ))}
      </ul>
    </Section>
  )
}
