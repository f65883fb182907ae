import { wrongProofsWindowMs } from '@latchkey/domain'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { Storage } from '../ports/storage.ts'

export class ForgetWhatExpired {
  readonly #storage: Storage
  readonly #register: OrganizationRegister

  constructor(ports: { storage: Storage; register: OrganizationRegister }) {
    this.#storage = ports.storage
    this.#register = ports.register
  }

  /** Asked by the clock: rows that decide nothing any more. Whether something has expired is never read off their absence. */
  async execute(): Promise<void> {
    for (const { id } of await this.#register.list()) {
      await this.#storage.transaction(id, async ({ sessions, sso, wrongProofs, now }) => {
        await sessions.removeExpired()
        await sso.removeExpired()
        await wrongProofs.forget(now - wrongProofsWindowMs)
      })
    }
  }
}
