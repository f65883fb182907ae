import { hourMs } from '@latchkey/domain'
import type { HolderMail } from '../group-keys/holder-mail.ts'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { Storage } from '../ports/storage.ts'

/** Whoever has an open page grants sooner than this, and needs no mail. */
const patienceMs = hourMs

export class TellHolders {
  readonly #storage: Storage
  readonly #register: OrganizationRegister
  readonly #mail: HolderMail

  constructor(ports: { storage: Storage; register: OrganizationRegister; mail: HolderMail }) {
    this.#storage = ports.storage
    this.#register = ports.register
    this.#mail = ports.mail
  }

  /** Asked by the clock, as often as it likes: holders of keys for which somebody has waited are told, once a day. */
  async execute(): Promise<void> {
    for (const organization of await this.#register.list()) {
      const overdue = await this.#storage.read(organization.id, ({ groupKeys, now }) => groupKeys.overdue(now - patienceMs))
      if (overdue.length === 0) continue
      const groups = overdue.map(({ group }) => group)
      await this.#storage.transaction(organization.id, (stores) => this.#mail.queue(stores, organization, groups))
    }
  }
}
