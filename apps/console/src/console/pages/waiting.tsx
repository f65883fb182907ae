import { Link } from 'wouter'
import { Moment } from '../../design/moment.tsx'
import { Page } from '../../design/page.tsx'
import type { WaitingMember } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { FingerprintText } from '../parts/fingerprint-text.tsx'
import { LongList } from '../parts/long-list.tsx'
import { Table } from '../parts/table.tsx'
import { waitingWords } from '../parts/words.ts'

/** Everybody who is entitled to a group's key and has not got it. Who holds it gives it, on their account page; an administrator sees that it stands. */
export function WaitingPage() {
  const { api } = useConsole()
  return (
    <Page title="Waiting for a key">
      <p>
        These people are in a group whose key they cannot open yet. Somebody who holds it approves them under{' '}
        <a href="/account/waiting">Your account, Waiting for a key</a>, after comparing the fingerprint with them. No administrator and no
        identity provider can do that in their place.
      </p>
      <LongList<WaitingMember>
        of={['waiting']}
        by={async () => ({ items: await api.waiting(), nextCursor: null })}
        named={['person waits', 'people wait']}
        empty={<p>Nobody waits for a key.</p>}
        everyMs={30_000}
      >
        {(waiting) => (
          <Table label="Waiting for a key" heads={['User name', 'Group', 'Since', 'Why', 'Fingerprint', 'Who can approve']}>
            {waiting.map(({ group, member, since, holders }) => (
              <tr key={`${group.id} ${member.userId}`}>
                <th scope="row">
                  <Link href={`/console/members/${member.userId}`}>{member.userName}</Link>
                </th>
                <td>
                  <Link href={`/console/groups/${group.id}`}>{group.displayName}</Link>
                </td>
                <td>
                  <Moment at={since} />
                </td>
                <td>{waitingWords[member.because]}</td>
                <td>{member.key && <FingerprintText fingerprint={member.key.fingerprint} />}</td>
                <td>{holders === 0 ? 'Nobody: bring back one who held the key' : holders.toLocaleString()}</td>
              </tr>
            ))}
          </Table>
        )}
      </LongList>
    </Page>
  )
}
