import { retentionMs } from '@latchkey/domain'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { Storage } from '../ports/storage.ts'

/** How many of each kind one transaction erases. */
const batchMax = 100

export class EraseDeleted {
  readonly #storage: Storage
  readonly #register: OrganizationRegister

  constructor(ports: { storage: Storage; register: OrganizationRegister }) {
    this.#storage = ports.storage
    this.#register = ports.register
  }

  /**
   * Asked by the clock: destroys who and what was deleted before the retention period (U9), the person's name in audit trail and lists included. The
   * trail still proves itself: of an erased person it keeps the id and what was done.
   */
  async execute(): Promise<void> {
    for (const { id } of await this.#register.list()) {
      let erased = batchMax
      while (erased === batchMax) {
        erased = await this.#storage.transaction(id, async ({ users, groups, auditTrail, activity, mailLog, audit, now }) => {
          const people = await users.deletedBefore(now - retentionMs, batchMax)
          for (const user of people) {
            await users.erase(user)
            await auditTrail.destroyPersonalKey(user)
            await activity.forget(user)
            await mailLog.forget(user)
            await audit.append({ kind: 'clock' }, { kind: 'user-erased', user })
          }
          const gone = await groups.deletedBefore(now - retentionMs, batchMax)
          for (const group of gone) {
            await groups.erase(group)
            await activity.forget(group)
            await audit.append({ kind: 'clock' }, { kind: 'group-erased', group })
          }
          return Math.max(people.length, gone.length)
        })
      }
    }
  }
}
