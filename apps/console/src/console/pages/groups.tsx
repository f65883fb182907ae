import { useState } from 'react'
import { Link } from 'wouter'
import { Entry } from '../../design/entry.tsx'
import { Page } from '../../design/page.tsx'
import type { Group } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { LongList } from '../parts/long-list.tsx'
import { Table } from '../parts/table.tsx'
import { DeletedGroups } from './deleted-groups.tsx'

/** Every group, looked for by name. */
export function Groups() {
  const { api } = useConsole()
  const [text, setText] = useState('')
  return (
    <Page title="Groups">
      <search className="filters">
        <Entry label="Look for a name" value={text} onChange={setText} />
      </search>
      <LongList<Group>
        of={['groups', text.trim()]}
        by={async (cursor) => {
          const { groups, total, nextCursor } = await api.groups({ text: text.trim(), cursor })
          return { items: groups, total, nextCursor }
        }}
        named={['group', 'groups']}
        empty={<p>There is no such group. Your identity provider makes them when you assign or push groups there.</p>}
      >
        {(groups) => (
          <Table label="Groups" heads={['Group', 'Managed by']}>
            {groups.map(({ id, displayName, managedBy }) => (
              <tr key={id}>
                <th scope="row">
                  <Link href={`/console/groups/${id}`}>{displayName}</Link>
                </th>
                <td>{managedBy === 'scim' ? 'identity provider' : 'this console'}</td>
              </tr>
            ))}
          </Table>
        )}
      </LongList>
      <DeletedGroups />
    </Page>
  )
}
