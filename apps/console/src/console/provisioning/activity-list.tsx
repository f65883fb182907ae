import { useState } from 'react'
import { Entry } from '../../design/entry.tsx'
import { Moment } from '../../design/moment.tsx'
import type { Activity } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { Choice } from '../parts/choice.tsx'
import { LongList } from '../parts/long-list.tsx'
import { Table } from '../parts/table.tsx'

/** Every request that changed something or failed, with the reason in words. */
export function ActivityList() {
  const { api } = useConsole()
  const [outcome, setOutcome] = useState('')
  const [text, setText] = useState('')
  return (
    <section aria-labelledby="activity">
      <h2 id="activity">Activity</h2>
      <p>What your identity provider asked for and what became of it. Requests that only read are counted, not listed.</p>
      <div className="filters">
        <Choice
          label="Show"
          value={outcome}
          onChange={setOutcome}
          options={[
            ['', 'Everything'],
            ['failed', 'What failed'],
            ['changed', 'What changed something'],
          ]}
        />
        <Entry label="Look for a name" value={text} onChange={setText} />
      </div>
      <LongList<Activity>
        of={['activity', outcome, text]}
        by={async (cursor) => {
          const { activity, nextCursor } = await api.activity({ outcome, text: text.trim(), cursor })
          return { items: activity, nextCursor }
        }}
        named={['request', 'requests']}
        everyMs={5_000}
        empty={<p>Nothing yet. It begins with the first request of your identity provider.</p>}
      >
        {(activity) => (
          <Table label="Activity" heads={['When', 'What was asked', 'Provider', 'Outcome', 'Took']}>
            {activity.map((entry) => (
              <tr key={entry.id}>
                <td>
                  <Moment at={entry.at} />
                </td>
                <th scope="row">{entry.words}</th>
                <td>{entry.provider ?? 'unknown'}</td>
                <td>
                  {entry.outcome === 'changed' ? (
                    'Done'
                  ) : (
                    <>
                      <strong>Failed{entry.status === null ? '' : ` (${entry.status})`}</strong>
                      <br />
                      {entry.reason}
                      {entry.body !== null && (
                        <details>
                          <summary>What was sent</summary>
                          <pre>{JSON.stringify(entry.body, null, 2)}</pre>
                        </details>
                      )}
                    </>
                  )}
                </td>
                <td>{Math.round(entry.durationMs).toLocaleString()} ms</td>
              </tr>
            ))}
          </Table>
        )}
      </LongList>
    </section>
  )
}
