import { type UserId, isId, userId } from '@latchkey/domain'
import type { UserStore } from '../ports/user-store.ts'

export interface UnknownMembers {
  readonly kind: 'members-not-found'
  /** As they were sent; the first few. */
  readonly values: readonly string[]
}

/**
 * The users that member values name. A value that names nobody, somebody deleted or somebody of another organisation is unknown, and then
 * nothing at all is applied. Those named cannot be deleted before the transaction ends.
 */
export async function membersNamed(
  values: readonly string[],
  users: Pick<UserStore, 'lockLive'>,
): Promise<{ readonly ids: readonly UserId[] } | UnknownMembers> {
  const ids = [...new Set(values.filter(isId).map(userId))]
  const live = ids.length === 0 ? new Set<UserId>() : await users.lockLive(ids)
  const unknown = values.filter((value) => !isId(value) || !live.has(userId(value)))
  return unknown.length > 0 ? { kind: 'members-not-found', values: unknown.slice(0, 10) } : { ids }
}
