import { Link } from 'wouter'
import { Page } from '../../design/page.tsx'
import type { Member } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { LongList } from '../parts/long-list.tsx'
import { Read } from '../parts/read.tsx'
import { Table } from '../parts/table.tsx'
import { statusWords } from '../parts/words.ts'
import { GroupKeySections } from './group-key.tsx'

type GroupMember = Pick<Member, 'id' | 'userName' | 'displayName' | 'status'>

/** One group, its key and who is in it. */
export function GroupPage({ id }: { readonly id: string }) {
  const { api } = useConsole()
  return (
    <Read of={['group', id]} by={() => api.group(id)}>
      {(group) => (
        <Page title={group.displayName}>
          <p>
            <Link href="/console/groups">All groups</Link>
          </p>
          <p>
            {group.managedBy === 'scim'
              ? 'Managed by the identity provider: add and remove members there.'
              : 'Managed here; the identity provider sees it and does not change it.'}
          </p>
          <GroupKeySections id={id} />
          <section aria-labelledby="members">
            <h2 id="members">Members</h2>
            <LongList<GroupMember>
              of={['members-of', id]}
              by={async (cursor) => {
                const { members, total, nextCursor } = await api.groupMembers(id, { cursor })
                return { items: members, total, nextCursor }
              }}
              named={['member', 'members']}
              empty={<p>Nobody is in this group.</p>}
            >
              {(members) => (
                <Table label={`Members of ${group.displayName}`} heads={['User name', 'Name', 'Status']}>
                  {members.map((member) => (
                    <tr key={member.id}>
                      <th scope="row">
                        <Link href={`/console/members/${member.id}`}>{member.userName}</Link>
                      </th>
                      <td>{member.displayName}</td>
                      <td>
                        <span className={`status ${member.status}`}>{statusWords[member.status]}</span>
                      </td>
                    </tr>
                  ))}
                </Table>
              )}
            </LongList>
          </section>
        </Page>
      )}
    </Read>
  )
}
