import type { Organization } from '@latchkey/domain'
import type { Storage } from '../ports/storage.ts'

export class EnableScim {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** Turns provisioning on or off for an organisation; off, every token answers 403 from the next request on. */
  execute(organization: Organization, enabled: boolean): Promise<Organization> {
    return this.#storage.transaction(organization.id, async (stores) => {
      const before = await stores.organization.lock()
      if (before.scimEnabled === enabled) return before
      const after = { ...before, scimEnabled: enabled }
      await stores.organization.save(after)
      await stores.audit.append({ kind: 'operator' }, { kind: enabled ? 'scim-enabled' : 'scim-disabled' })
      return after
    })
  }
}
