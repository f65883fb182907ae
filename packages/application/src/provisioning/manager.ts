import { type UserId, isId, userId } from '@latchkey/domain'
import type { Resource } from '@latchkey/scim'
import type { UserStore } from '../ports/user-store.ts'
import type { ScimCaller } from './scim-caller.ts'
import { managerValue } from './user-facts.ts'

/**
 * Whether a manager must be refused. Strictly, a manager is one of this organisation's users, and another organisation's id is as unknown
 * as any. Tolerantly, any text may stand there: providers send employee numbers and addresses, and it then links to nobody.
 */
export async function managerIsUnknown(
  caller: ScimCaller,
  users: Pick<UserStore, 'lockLive'>,
  before: Resource,
  after: Resource,
  self: UserId,
): Promise<boolean> {
  const manager = managerValue(after)
  if (caller.mode === 'tolerant' || manager === null || manager === managerValue(before)) return false
  if (!isId(manager)) return true
  const id = userId(manager)
  return id !== self && !(await users.lockLive([id])).has(id)
}
