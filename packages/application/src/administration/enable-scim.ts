import { type Actor, type Organization, type Result, ok, refuse } from '@latchkey/domain'
import type { Entitlements } from '../ports/licence-store.ts'
import type { Storage } from '../ports/storage.ts'

export class EnableScim {
  readonly #storage: Storage
  readonly #entitlements: Entitlements

  constructor(ports: { storage: Storage; entitlements: Entitlements }) {
    this.#storage = ports.storage
    this.#entitlements = ports.entitlements
  }

  /** Turns provisioning on, where it is licensed, or off; off, every token answers 403 from the next request on. */
  async execute(
    organization: Organization,
    enabled: boolean,
    by: Actor = { kind: 'operator' },
  ): Promise<Result<Organization, 'not-entitled'>> {
    const licensed = await this.#entitlements.licensed()
    return this.#storage.transaction(organization.id, async (stores) => {
      const before = await stores.organization.lock()
      if (before.scimEnabled === enabled) return ok(before)
      if (enabled && !licensed('scim', stores.now)) {
        await stores.audit.append(by, { kind: 'action-refused', action: 'enable-scim', reason: 'not-entitled' })
        return refuse('not-entitled')
      }
      const after = { ...before, scimEnabled: enabled }
      await stores.organization.save(after)
      await stores.audit.append(by, { kind: enabled ? 'scim-enabled' : 'scim-disabled' })
      return ok(after)
    })
  }
}
