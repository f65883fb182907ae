import { type KeyLogEntry, type Organization, type Result, type Role, type Session, type User, ok, refuse } from '@latchkey/domain'
import { effectiveRoles } from '../administration/effective-roles.ts'
import type { Storage } from '../ports/storage.ts'
import { recipientName } from '../provisioning/user-facts.ts'
import type { Person } from './person.ts'

export interface Account {
  readonly organization: Organization
  readonly user: User
  readonly displayName: string | null
  /** The effective one. */
  readonly role: Role
  readonly session: Session
  /** The statement of the present key, as the log holds it; null without a key. */
  readonly statement: KeyLogEntry | null
}

export class GetAccount {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  execute({ organization, user: id, session: sessionId }: Person): Promise<Result<Account, 'not-signed-in'>> {
    return this.#storage.read(organization.id, async (stores) => {
      const { users, sessions, keyLog } = stores
      const record = (await users.get(id, { groups: false }))?.record
      const session = (await sessions.list(id)).find((candidate) => candidate.id === sessionId)
      if (record?.user.directory !== 'enabled' || !session) return refuse('not-signed-in')
      const { user, attributes } = record
      const key = user.encryptionKey
      const statement = key.state === 'registered' ? (await keyLog.ofUser(id)).find(({ version }) => version === key.version) : undefined
      const role = (await effectiveRoles(stores, organization, [user])).get(id) ?? organization.settings.defaultRole
      return ok({ organization, user, role, displayName: recipientName(attributes), session, statement: statement ?? null })
    })
  }
}
