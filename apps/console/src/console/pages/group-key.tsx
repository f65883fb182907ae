import { Moment } from '../../design/moment.tsx'
import type { GroupKey, GroupKeyMember } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { LongList } from '../parts/long-list.tsx'
import { Read } from '../parts/read.tsx'
import { approvalWords, departureWords, groupKeyWords } from '../parts/words.ts'

/** A group's key as an administrator sees it: that there is one, whether it is to be replaced, and who can decrypt. */
export function GroupKeySections({ id }: { readonly id: string }) {
  const { api } = useConsole()
  return (
    <>
      <section aria-labelledby="key">
        <h2 id="key">Key</h2>
        <Read of={['group-key', id]} by={() => api.groupKey(id)}>
          {(key) => <KeyFacts groupKey={key} />}
        </Read>
      </section>
      <section aria-labelledby="holders">
        <h2 id="holders">Who can decrypt</h2>
        <LongList<GroupKeyMember>
          of={['group-key-holders', id]}
          by={async (cursor) => {
            const { members, nextCursor } = await api.groupKeyMembers(id, { which: 'holding', cursor })
            return { items: members, nextCursor }
          }}
          named={['person shown', 'people shown']}
          empty={<p>Nobody can decrypt what is sealed to this group.</p>}
        >
          {(members) => (
            <ul aria-label="Who can decrypt">
              {members.map(({ userId, userName, grant }) => (
                <li key={userId}>
                  {userName}
                  {grant && (
                    <>
                      , since <Moment at={grant.at} />, {approvalWords[grant.approval]}
                    </>
                  )}
                </li>
              ))}
            </ul>
          )}
        </LongList>
      </section>
    </>
  )
}

function KeyFacts({ groupKey: { state, epoch, madeAt, waiting, reasons } }: { readonly groupKey: GroupKey }) {
  return (
    <>
      <p>
        {groupKeyWords[state]}
        {epoch !== null && `, epoch ${epoch}`}
        {madeAt !== null && (
          <>
            , made <Moment at={madeAt} />
          </>
        )}
        .{waiting > 0 && ` ${waiting.toLocaleString()} waiting for it.`}
      </p>
      {reasons.length > 0 && (
        <ul>
          {reasons.map(({ userId, userName, how }) => (
            <li key={userId}>
              {userName ?? 'Somebody who is erased'} {departureWords[how]} and may still know the key
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
