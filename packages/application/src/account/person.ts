import { type Organization, type Result, type Session, type SessionId, type UserId, refuse } from '@latchkey/domain'
import type { Storage, Stores } from '../ports/storage.ts'
import type { UserRecord } from '../ports/user-store.ts'

/** Who asks, from a session and from nothing else. */
export interface Person {
  readonly organization: Organization
  readonly user: UserId
  readonly session: SessionId
}

export interface Present {
  readonly record: UserRecord
  readonly session: Session
}

/**
 * One transaction in which the person is still enabled and the session still live: both are looked at again under their locks, so that nothing begun
 * before a deactivation ends after it (LIF-3). The user's row comes first, as in a deactivation.
 */
export function asPerson<Answer, Refusal>(
  storage: Storage,
  { organization, user, session: id }: Person,
  work: (stores: Stores, present: Present) => Promise<Result<Answer, Refusal>>,
  /** What is locked before the person. */
  before?: (stores: Stores) => Promise<void>,
): Promise<Result<Answer, Refusal | 'not-signed-in'>> {
  return storage.transaction(organization.id, async (stores) => {
    await before?.(stores)
    const record = await stores.users.lock(user)
    const session = await stores.sessions.lock(id)
    if (record?.user.directory !== 'enabled' || session?.user !== user) return refuse('not-signed-in')
    return work(stores, { record, session })
  })
}
