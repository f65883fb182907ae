import { type GroupId, type Result, ok, refuse, retentionMs } from '@latchkey/domain'
import type { DeletedGroup } from '../ports/group-store.ts'
import { type Storage, UniqueNameTaken } from '../ports/storage.ts'
import { type Administrator, may } from './administrator.ts'

export type RestoreGroupRefusal = 'group-not-found' | 'retention-over' | 'name-taken' | 'owners-only'

export class RestoreGroup {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** Those that can still be brought back. */
  candidates({ organization }: Administrator): Promise<readonly DeletedGroup[]> {
    return this.#storage.read(organization.id, ({ groups }) => groups.deleted())
  }

  /** With its key and its note, and with nobody in it: members are the provider's to assert, and their grants return under U8's rule. */
  async execute({ organization, actor, role }: Administrator, id: GroupId): Promise<Result<void, RestoreGroupRefusal>> {
    try {
      return await this.#storage.transaction(organization.id, async ({ groups, audit, now }) => {
        if (!may({ role }, 'owner')) {
          await audit.append(actor, { kind: 'action-refused', action: 'restore-group', reason: 'owners-only' })
          return refuse('owners-only')
        }
        const found = await groups.lockDeleted(id)
        if (!found) return refuse('group-not-found')
        if (now - found.deletedAt >= retentionMs) return refuse('retention-over')
        await groups.restore(found)
        await audit.append(actor, { kind: 'group-restored', group: id })
        return ok(undefined)
      })
    } catch (error) {
      if (error instanceof UniqueNameTaken) return refuse('name-taken')
      throw error
    }
  }
}
