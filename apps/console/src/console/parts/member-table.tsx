import { Link } from 'wouter'
import { Moment } from '../../design/moment.tsx'
import type { Member } from '../console-api.ts'
import { Table } from './table.tsx'
import { roleWords, statusWords } from './words.ts'

/** People as rows, each leading to their page. */
export function MemberTable({ label, members }: { readonly label: string; readonly members: readonly Member[] }) {
  return (
    <Table label={label} heads={['User name', 'Name', 'Status', 'Managed by', 'Role', 'Groups']}>
      {members.map((member) => (
        <tr key={member.id}>
          <th scope="row">
            <Link href={`/console/members/${member.id}`}>{member.userName}</Link>
          </th>
          <td>{member.displayName}</td>
          <td>
            <span className={`status ${member.status}`}>{statusWords[member.status]}</span>
            {member.pendingSince && (
              <>
                <br />
                since <Moment at={member.pendingSince} />
              </>
            )}
          </td>
          <td>{member.managedBy === 'scim' ? 'identity provider' : 'this console'}</td>
          <td>{roleWords[member.role]}</td>
          <td>{member.groups.map(({ displayName }) => displayName).join(', ')}</td>
        </tr>
      ))}
    </Table>
  )
}
