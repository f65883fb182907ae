import {
  type Organization,
  type ScimToken,
  type User,
  type WarningDays,
  expiryWarningDue,
  isAddress,
  scimTokenPrefix,
} from '@latchkey/domain'
import type { Addresses } from '../addresses.ts'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { Letters, OutgoingMail } from '../ports/outbox.ts'
import type { Storage } from '../ports/storage.ts'

export class WarnOfTokenExpiry {
  readonly #storage: Storage
  readonly #register: OrganizationRegister
  readonly #letters: Letters
  readonly #addresses: Addresses

  constructor(ports: { storage: Storage; register: OrganizationRegister; letters: Letters; addresses: Addresses }) {
    this.#storage = ports.storage
    this.#register = ports.register
    this.#letters = ports.letters
    this.#addresses = ports.addresses
  }

  /** Asked by the clock, as often as it likes: each owner and administrator is told once of each token and each warning (TOK-5). */
  async execute(): Promise<void> {
    for (const organization of await this.#register.list()) await this.#warn(organization)
  }

  #warn(organization: Organization): Promise<void> {
    return this.#storage.transaction(organization.id, async ({ scimTokens, users, roleMappings, outbox, mailLog, now }) => {
      const due = (await scimTokens.list()).flatMap((token) => {
        const days = expiryWarningDue(token, now)
        return days === null ? [] : [{ token, days }]
      })
      if (due.length === 0) return
      const byGroup = new Set(await roleMappings.holders('admin'))
      const keepers = (await users.all(null)).filter(
        ({ id, role, directory }) => (role === 'owner' || role === 'admin' || byGroup.has(id)) && directory === 'enabled',
      )
      for (const keeper of keepers.filter(({ userName }) => isAddress(userName))) {
        for (const { token, days } of due) {
          const mail = this.#compose(organization, keeper, token, days)
          if (!(await mailLog.wasSent(mail.key))) await outbox.append(mail)
        }
      }
    })
  }

  #compose(organization: Organization, keeper: User, token: ScimToken, days: WarningDays): OutgoingMail {
    const key = `scim-token-expires.${token.id}.${days}.${keeper.id}`
    const letter = this.#letters.scimTokenExpires({
      organizationName: organization.name,
      organizationSlug: organization.slug,
      description: token.description,
      prefix: scimTokenPrefix(token),
      expiresAt: token.expiresAt ?? 0,
    })
    return { key, user: keeper.id, to: keeper.userName, ...letter, messageId: `<${key}@${this.#addresses.host}>` }
  }
}
