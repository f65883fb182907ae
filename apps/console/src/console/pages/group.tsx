import { Link } from 'wouter'
import { Page } from '../../design/page.tsx'
import type { Member } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { LongList } from '../parts/long-list.tsx'
import { MemberTable } from '../parts/member-table.tsx'
import { Read } from '../parts/read.tsx'

/** One group and who is in it. */
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
          <section aria-labelledby="members">
            <h2 id="members">Members</h2>
            <LongList<Member>
              of={['members-of', id]}
              by={async (cursor) => {
                const { members, total, nextCursor } = await api.members({ group: id, cursor })
                return { items: members, total, nextCursor }
              }}
              named={['member', 'members']}
              empty={<p>Nobody is in this group.</p>}
            >
              {(members) => <MemberTable label={`Members of ${group.displayName}`} members={members} />}
            </LongList>
          </section>
        </Page>
      )}
    </Read>
  )
}
