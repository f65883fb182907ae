import { type GroupId, type RegisteredKey, type Result, refuse } from '@latchkey/domain'
import { type Person, type Present, asPerson } from '../account/person.ts'
import type { GroupKeyMember } from '../ports/group-key-store.ts'
import type { Storage, Stores } from '../ports/storage.ts'

export interface PresentMember extends Present {
  readonly member: GroupKeyMember
  readonly key: RegisteredKey
}

export type MemberRefusal = 'not-signed-in' | 'not-unlocked' | 'group-not-found'

/**
 * One transaction in which a person whose key is open is a member of the group. Whoever is none learns nothing of it, not even that there is one. For a
 * `write` the group's key stands still; who joins or leaves does not wait for it.
 */
export function asMember<Answer, Refusal>(
  storage: Storage,
  person: Person,
  { group, purpose }: { readonly group: GroupId; readonly purpose: 'read' | 'write' },
  work: (stores: Stores, present: PresentMember) => Promise<Result<Answer, Refusal>>,
): Promise<Result<Answer, Refusal | MemberRefusal>> {
  const asked = async (stores: Stores, present: Present): Promise<Result<Answer, Refusal | MemberRefusal>> => {
    if (present.session.unlockedAt === null) return refuse('not-unlocked')
    const [member] = await stores.groupKeys.members(group, [person.user])
    const key = present.record.user.encryptionKey
    return member && key.state === 'registered' ? work(stores, { ...present, member, key }) : refuse('group-not-found')
  }
  const before = purpose === 'write' ? ({ groupKeys }: Stores) => groupKeys.lock(group) : undefined
  return asPerson<Answer, Refusal | MemberRefusal>(storage, person, asked, before)
}
