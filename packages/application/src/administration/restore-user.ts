import { type RestoreRefusal, type Result, type UserId, ok, refuse, restore } from '@latchkey/domain'
import { type Storage, UniqueNameTaken } from '../ports/storage.ts'
import type { DeletedUser } from '../ports/user-store.ts'
import { type Administrator, may } from './administrator.ts'

export type RestoreUserRefusal = RestoreRefusal | 'user-not-found' | 'name-taken' | 'owners-only'

export class RestoreUser {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** Those who can still be brought back, the latest first. */
  candidates({ organization }: Administrator): Promise<readonly DeletedUser[]> {
    return this.#storage.read(organization.id, ({ users }) => users.deleted())
  }

  /** U9r: deactivated, with the same id and key. No membership and no session returns; a provider asserts the one, the person makes the other. */
  async execute({ organization, actor, role }: Administrator, id: UserId): Promise<Result<void, RestoreUserRefusal>> {
    try {
      return await this.#storage.transaction(organization.id, async ({ users, audit, now }) => {
        if (!may({ role }, 'owner')) {
          await audit.append(actor, { kind: 'action-refused', action: 'restore-user', reason: 'owners-only' })
          return refuse('owners-only')
        }
        const found = await users.lockDeleted(id)
        if (!found) return refuse('user-not-found')
        const restored = restore(found.record.user, found.deletedAt, now)
        if (!restored.ok) return restored
        await users.save(found.record, restored.value, found.record.attributes)
        await audit.append(actor, { kind: 'user-restored', user: id }, { userName: restored.value.userName })
        return ok(undefined)
      })
    } catch (error) {
      if (error instanceof UniqueNameTaken) return refuse('name-taken')
      throw error
    }
  }
}
