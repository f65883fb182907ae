import type { OrganizationId, UserId } from '@latchkey/domain'
import { type Connection, defer } from './database.ts'

/** A statement that has to find something, or else nothing of its transaction is kept. */
export const holding = (text: string): string => `with found as (${text}) select hold(count(*)) from found`

/** A user who has to be live, and is until the transaction ends. */
export function holdLive(connection: Connection, organization: OrganizationId, user: UserId): void {
  const text = holding('select id from users where org_id = ? and id = ? and deleted_at is null for share')
  defer(connection, 'user-hold-live', text, [organization, user], { isHold: true })
}
