import { type Organization, dayMs } from '@latchkey/domain'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { Storage } from '../ports/storage.ts'

export class ExpireAudit {
  readonly #storage: Storage
  readonly #register: OrganizationRegister

  constructor(ports: { storage: Storage; register: OrganizationRegister }) {
    this.#storage = ports.storage
    this.#register = ports.register
  }

  /** Asked by the clock: takes away what an organisation no longer wants to keep (AUD-2). What is kept still proves itself, from the last that went. */
  async execute(): Promise<void> {
    for (const organization of await this.#register.list()) await this.#expire(organization)
  }

  #expire(organization: Organization): Promise<void> {
    return this.#storage.transaction(organization.id, async ({ auditTrail, audit, now }) => {
      const through = await auditTrail.lastBefore(now - organization.settings.auditRetentionDays * dayMs)
      if (!through) return
      await auditTrail.lockChain(through)
      await auditTrail.expire(through)
      await audit.append({ kind: 'clock' }, { kind: 'audit-expired', through: through.sequence })
    })
  }
}
