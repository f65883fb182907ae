import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { Entry } from '../../design/entry.tsx'
import { Page } from '../../design/page.tsx'
import type { Member } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { Choice } from '../parts/choice.tsx'
import { LongList } from '../parts/long-list.tsx'
import { MemberTable } from '../parts/member-table.tsx'
import { statusWords } from '../parts/words.ts'
import { DeletedMembers } from './deleted-members.tsx'
import { InviteMember } from './invite-member.tsx'

const statuses = [
  ['', 'Every status'],
  ['pending-encryption-key', statusWords['pending-encryption-key']],
  ['active', statusWords.active],
  ['deactivated', statusWords.deactivated],
] as const

/** Everybody, looked for by name, address and status. */
export function Members() {
  const { api, may } = useConsole()
  const [address, setAddress] = useSearchParams()
  const [text, setText] = useState(address.get('text') ?? '')
  const status = address.get('status') ?? ''
  const remember = (change: Record<string, string>) =>
    setAddress(
      Object.entries({ text, status, ...change }).filter(([, value]) => value !== ''),
      { replace: true },
    )
  return (
    <Page title="Members">
      <search className="filters">
        <Entry
          label="Look for a name or address"
          value={text}
          onChange={(typed) => {
            setText(typed)
            remember({ text: typed })
          }}
        />
        <Choice label="Status" value={status} onChange={(chosen) => remember({ status: chosen })} options={statuses} />
      </search>
      <LongList<Member>
        of={['members', text.trim(), status]}
        by={async (cursor) => {
          const { members, total, nextCursor } = await api.members({ text: text.trim(), status, cursor })
          return { items: members, total, nextCursor }
        }}
        named={['member', 'members']}
        empty={
          <p>
            Nobody is like that. People come from your identity provider: see{' '}
            <Link href="/console/single-sign-on/provisioning">Provisioning</Link>.
          </p>
        }
      >
        {(members) => <MemberTable label="Members" members={members} />}
      </LongList>
      {may('admin') && <InviteMember />}
      {may('admin') && <DeletedMembers />}
    </Page>
  )
}
