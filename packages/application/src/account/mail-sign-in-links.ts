import { hourMs } from '@latchkey/domain'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { Storage } from '../ports/storage.ts'
import type { AccountMail } from './account-mail.ts'

/** Tells people who do not know the short name of their organisation where it signs in: by mail, so that whoever asks learns nothing. */
export class MailSignInLinks {
  readonly #register: OrganizationRegister
  readonly #storage: Storage
  readonly #mail: AccountMail

  constructor(ports: { register: OrganizationRegister; storage: Storage; mail: AccountMail }) {
    this.#register = ports.register
    this.#storage = ports.storage
    this.#mail = ports.mail
  }

  /** One mail an hour to each person who has the address. Every organisation is asked by itself: none sees into another (TEN-2). */
  async execute(address: string): Promise<void> {
    for (const organization of await this.#register.list()) {
      const found = await this.#storage.read(organization.id, ({ users }) => users.byAddress(address))
      if (found.length === 0) continue
      await this.#storage.transaction(organization.id, async ({ outbox, now }) => {
        for (const record of found) {
          const mail = this.#mail.compose(organization, record, { kind: 'sign-in-link' }, String(Math.floor(now / hourMs)))
          if (mail) await outbox.append(mail)
        }
      })
    }
  }
}
