import { type Organization, type User, type UserId, setUpAddress } from '@latchkey/domain'
import type { Resource } from '@latchkey/scim'
import type { Letters, OutgoingMail } from '../ports/outbox.ts'
import type { Addresses } from '../addresses.ts'
import { emailsOf, recipientName } from '../provisioning/user-facts.ts'

/** Writes the one mail that asks a provisioned person to finish. It leads to the organisation's sign-in page and signs nobody in. */
export class SetUpMail {
  readonly #letters: Letters
  readonly #addresses: Addresses

  constructor(ports: { letters: Letters; addresses: Addresses }) {
    this.#letters = ports.letters
    this.#addresses = ports.addresses
  }

  /** Null for a person without an address, and where the organisation's owners have switched it off (IDN-5). */
  compose(organization: Organization, user: Pick<User, 'id' | 'userName'>, attributes: Resource): OutgoingMail | null {
    if (!organization.settings.setUpMail) return null
    const to = setUpAddress(user.userName, emailsOf(attributes))
    if (to === null) return null
    const letter = this.#letters.setUp({
      organizationName: organization.name,
      recipientName: recipientName(attributes),
      signInUrl: this.#addresses.signIn(organization.slug),
    })
    const key = keyOf(user.id)
    return { key, user: user.id, to, ...letter, messageId: `<${key}@${this.#addresses.host}>` }
  }
}

/**
 * The mail by which a person who was provisioned hears of us. These come by the ten thousand when a provider first synchronises; any other mail, one of
 * these that is sent again too, tells of what somebody has just done and must not wait behind them.
 */
export function isFirstMail({ key, user }: Pick<OutgoingMail, 'key' | 'user'>): boolean {
  return user !== null && key === keyOf(user)
}

function keyOf(user: UserId): string {
  return `set-up.${user}`
}
