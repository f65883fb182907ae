import { Link } from 'wouter'
import { Moment } from '../../design/moment.tsx'
import { Page } from '../../design/page.tsx'
import type { ConnectionHealth, Overview } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { Read } from '../parts/read.tsx'
import { Table } from '../parts/table.tsx'
import { licenceWords, statusWords, tokenStateWords } from '../parts/words.ts'

/** How many there are, who waits, and how the connections are doing. */
export function OverviewPage() {
  const { api, me } = useConsole()
  return (
    <Page title="Overview">
      <Read of={['overview']} by={api.overview} everyMs={15_000}>
        {(overview) => (
          <>
            <People overview={overview} />
            <section aria-labelledby="connections">
              <h2 id="connections">Connections</h2>
              {overview.connections.length === 0 ? (
                <p>
                  No identity provider is connected yet. <Link href="/console/single-sign-on/provisioning">Set up provisioning</Link>
                </p>
              ) : (
                <Connections connections={overview.connections} />
              )}
            </section>
            <section aria-labelledby="licence">
              <h2 id="licence">Licence</h2>
              <p>
                {licenceWords[overview.licence.state]}
                {overview.licence.state === 'not-started' ? null : (
                  <>
                    , until <Moment at={overview.licence.expiresAt} />
                  </>
                )}
                . {me.organization.scimEnabled ? 'SCIM provisioning is on.' : 'SCIM provisioning is off.'}
              </p>
            </section>
          </>
        )}
      </Read>
    </Page>
  )
}

const shown = ['active', 'pending-encryption-key', 'deactivated'] as const

/** The shares of a whole are seen sooner than read; the numbers stand beside them. */
function People({ overview: { members, pendingSince, groups } }: { readonly overview: Overview }) {
  const total = members.active + members['pending-encryption-key'] + members.deactivated
  let from = 0
  return (
    <section aria-labelledby="people">
      <h2 id="people">People</h2>
      {total > 0 && (
        <svg className="shares" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
          {shown.map((status) => {
            const [x, width] = [from, (members[status] / total) * 100]
            from += width
            return <rect key={status} className={status} x={x} y={0} width={width} height={6} />
          })}
        </svg>
      )}
      <dl className="counts">
        <div>
          <dt>Provisioned</dt>
          <dd>{total.toLocaleString()}</dd>
        </div>
        {shown.map((status) => (
          <div key={status} className={status}>
            <dt>
              <Link href={`/console/members?status=${status}`}>{statusWords[status]}</Link>
            </dt>
            <dd>{members[status].toLocaleString()}</dd>
          </div>
        ))}
        <div>
          <dt>Groups</dt>
          <dd>{groups.toLocaleString()}</dd>
        </div>
      </dl>
      {pendingSince !== null && (
        <p>
          The longest waits for their encryption key since <Moment at={pendingSince} />.
        </p>
      )}
    </section>
  )
}

function Connections({ connections }: { readonly connections: readonly ConnectionHealth[] }) {
  return (
    <Table
      label="Connections"
      heads={['SCIM token', 'State', 'Last request', 'Requests in 24 h', 'Failures in 24 h', 'Slowest', 'Expires']}
    >
      {connections.map((connection) => (
        <tr key={connection.id}>
          <th scope="row">
            {connection.description}
            <br />
            <code>{connection.prefix}…</code>
          </th>
          <td>{tokenStateWords[connection.state]}</td>
          <td>{connection.lastRequestAt ? <Moment at={connection.lastRequestAt} /> : 'never'}</td>
          <td>{connection.requests.toLocaleString()}</td>
          <td>
            {connection.failures === 0 ? (
              '0'
            ) : (
              <Link href="/console/single-sign-on/provisioning#activity">{connection.failures.toLocaleString()}</Link>
            )}
          </td>
          <td>{connection.slowestMs === null ? '–' : `${Math.round(connection.slowestMs).toLocaleString()} ms`}</td>
          <td>{connection.expiresAt ? <Expiry at={connection.expiresAt} /> : 'never'}</td>
        </tr>
      ))}
    </Table>
  )
}

const soonMs = 30 * 86_400_000

function Expiry({ at }: { readonly at: string }) {
  const isSoon = Date.parse(at) - Date.now() < soonMs
  return (
    <>
      <Moment at={at} />
      {isSoon && <strong> – soon: rotate it</strong>}
    </>
  )
}
