import { type Instant, type OrganizationId, dayMs, hourMs } from '@latchkey/domain'
import type { Mailer, OutgoingMail } from '../ports/outbox.ts'
import type { Storage } from '../ports/storage.ts'

/** Mails to one address in a day, and of one organisation in an hour (MAI-3). Those beyond wait; none is lost. */
export const mailCaps = { toAddressPerDay: 10, inAllPerHour: 5_000 } as const

export type DeliverMailOutcome =
  | { readonly kind: 'sent' }
  /** Sent before, or the person is no longer enabled. */
  | { readonly kind: 'not-needed' }
  | { readonly kind: 'later'; readonly at: Instant }

export class DeliverMail {
  readonly #storage: Storage
  readonly #mailer: Mailer

  constructor(ports: { storage: Storage; mailer: Mailer }) {
    this.#storage = ports.storage
    this.#mailer = ports.mailer
  }

  /**
   * At least once for one key, and a second time only after a crash between acceptance and its note (MAI-2). The recipient is looked at just
   * before: whoever was deactivated meanwhile gets nothing. Throws when the mail was not accepted; the caller tries again.
   */
  async execute(organization: OrganizationId, mail: OutgoingMail): Promise<DeliverMailOutcome> {
    const decision = await this.#storage.read(organization, async ({ users, mailLog, now }): Promise<DeliverMailOutcome | null> => {
      const [wasSent, view, sent] = await Promise.all([
        mailLog.wasSent(mail.key),
        mail.user === null ? null : users.get(mail.user, { groups: false }),
        mailLog.sentSince({ toAddress: now - dayMs, inAll: now - hourMs }, mail.to),
      ])
      if (wasSent || (view !== null && view?.record.user.directory !== 'enabled')) return { kind: 'not-needed' }
      if (sent.toAddress >= mailCaps.toAddressPerDay) return { kind: 'later', at: now + hourMs }
      if (sent.inAll >= mailCaps.inAllPerHour) return { kind: 'later', at: now + hourMs / 12 }
      return null
    })
    if (decision) return decision

    await this.#mailer.send(mail)
    await this.#storage.transaction(organization, ({ mailLog }) => mailLog.noteSent(mail.key, mail.to))
    return { kind: 'sent' }
  }
}
