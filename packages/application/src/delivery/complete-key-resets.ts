import { letResetTakeEffect } from '@latchkey/domain'
import type { AccountMail } from '../account/account-mail.ts'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { Storage } from '../ports/storage.ts'

export class CompleteKeyResets {
  readonly #storage: Storage
  readonly #register: OrganizationRegister
  readonly #mail: AccountMail

  constructor(ports: { storage: Storage; register: OrganizationRegister; mail: AccountMail }) {
    this.#storage = ports.storage
    this.#register = ports.register
    this.#mail = ports.mail
  }

  /** U12e, asked by the clock: every reset whose time has come takes effect, each in a transaction of its own. */
  async execute(): Promise<void> {
    for (const organization of await this.#register.list()) {
      const due = await this.#storage.read(organization.id, ({ users, now }) => users.resetsDue(now))
      for (const id of due) {
        await this.#storage.transaction(organization.id, async ({ users, keys, sessions, audit, outbox, now }) => {
          const record = await users.lock(id)
          const key = record?.user.encryptionKey
          if (!record || key?.state !== 'registered') return
          const user = letResetTakeEffect(record.user, now)
          if (user === record.user) return
          await users.saveLinkAndKey(record, user)
          await keys.retire(id, key)
          // Whoever had unlocked the old key signs in again: what is unlocked is gone.
          await sessions.end(id, 'all')
          await audit.append({ kind: 'clock' }, { kind: 'key-reset-completed', user: id, version: key.version })
          const mail = this.#mail.compose(organization, record, { kind: 'key-reset-completed' }, String(key.version))
          if (mail) await outbox.append(mail)
        })
      }
    }
  }
}
