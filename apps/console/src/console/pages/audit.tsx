import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Entry } from '../../design/entry.tsx'
import { Moment } from '../../design/moment.tsx'
import { Page } from '../../design/page.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import type { AuditEvent, AuditVerdict } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { ActorName } from '../parts/actor-name.tsx'
import { LongList } from '../parts/long-list.tsx'
import { Table } from '../parts/table.tsx'
import { sentenceOf } from '../parts/words.ts'

/** What happened, by whom, in an order that nobody can change unseen. */
export function Audit() {
  const { api } = useConsole()
  const [kind, setKind] = useState('')
  const [since, setSince] = useState('')
  const wish = { kind: kind.trim().toLowerCase().replaceAll(' ', '-'), since: since === '' ? null : new Date(since).toISOString() }
  return (
    <Page title="Audit">
      <Verify />
      <search className="filters">
        <Entry label="What happened" hint="All of it, as it stands in the list: Key registered." value={kind} onChange={setKind} />
        <div className="choice">
          <label htmlFor="since">Since</label>
          <input id="since" type="date" value={since} onChange={(event) => setSince(event.target.value)} />
        </div>
      </search>
      <p className="actions">
        <a className="button" href={api.auditExport('csv', wish)} download>
          Export as CSV
        </a>
        <a className="button" href={api.auditExport('json', wish)} download>
          Export as JSON
        </a>
      </p>
      <LongList<AuditEvent>
        of={['audit', wish]}
        by={async (cursor) => {
          const { events, nextCursor } = await api.auditEvents({ ...wish, cursor })
          return { items: events, nextCursor }
        }}
        named={['event', 'events']}
        empty={<p>Nothing like that has happened.</p>}
      >
        {(events) => (
          <Table label="Audit events" heads={['When', 'What', 'Who did it', 'Details', 'Sealed']}>
            {events.map((entry) => (
              <tr key={entry.id}>
                <td>
                  <Moment at={entry.at} />
                </td>
                <th scope="row">{sentenceOf(entry.event.kind)}</th>
                <td>
                  <ActorName actor={entry.actor} />
                </td>
                <td>
                  <details>
                    <summary>Show</summary>
                    <pre>{JSON.stringify({ ...entry.event, ...(entry.told ? { told: entry.told } : {}) }, null, 2)}</pre>
                  </details>
                </td>
                <td>{entry.seal ? `no. ${entry.seal.sequence}` : 'not yet'}</td>
              </tr>
            ))}
          </Table>
        )}
      </LongList>
    </Page>
  )
}

function Verify() {
  const { api } = useConsole()
  const task = useTask()
  const [verdict, setVerdict] = useState<AuditVerdict | null>(null)
  return (
    <>
      <p>
        Events are chained by their hashes, and sealed in the order in which they happened. Whoever changes, removes or moves one breaks the
        chain.
      </p>
      <p className="actions">
        <Button onPress={() => void task.run('Following the chain…', async () => setVerdict(await api.verifyAudit()))}>
          Verify the chain
        </Button>
      </p>
      <div role="status">
        {verdict && (
          <p className="notice">
            {verdict.firstBroken
              ? `Event ${verdict.firstBroken.sequence} is ${verdict.firstBroken.fault}: the trail was changed from there on. Keep the database as it is and look for who could write to it.`
              : `The chain of ${verdict.events.toLocaleString()} events holds.`}
            {verdict.head && (
              <>
                {' '}
                Its head is <code className="digits">{verdict.head}</code>.
              </>
            )}
          </p>
        )}
      </div>
      <TaskStatus task={task} />
    </>
  )
}
