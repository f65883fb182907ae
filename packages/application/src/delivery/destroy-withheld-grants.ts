import { retentionMs } from '@latchkey/domain'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { Storage } from '../ports/storage.ts'

export class DestroyWithheldGrants {
  readonly #storage: Storage
  readonly #register: OrganizationRegister

  constructor(ports: { storage: Storage; register: OrganizationRegister }) {
    this.#storage = ports.storage
    this.#register = ports.register
  }

  /**
   * Asked by the clock: destroys sealed keys of those who left or have another key, once that was found for the length of the retention period (LIF-6).
   * Whoever comes back before has theirs again under U8's rule.
   */
  async execute(): Promise<void> {
    for (const { id } of await this.#register.list()) {
      await this.#storage.transaction(id, async ({ groupKeys, audit, now }) => {
        const grants = await groupKeys.destroyWithheld(now - retentionMs)
        if (grants > 0) await audit.append({ kind: 'clock' }, { kind: 'withheld-grants-destroyed', grants })
      })
    }
  }
}
