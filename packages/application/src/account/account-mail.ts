import { type Organization, setUpAddress } from '@latchkey/domain'
import type { Addresses } from '../addresses.ts'
import type { AccountNotice, Letters, OutgoingMail } from '../ports/outbox.ts'
import type { UserRecord } from '../ports/user-store.ts'
import { emailsOf, recipientName } from '../provisioning/user-facts.ts'

/** Writes what a person is told about their account. Every link leads to the organisation's sign-in page and signs nobody in (MAI-3). */
export class AccountMail {
  readonly #letters: Letters
  readonly #addresses: Addresses

  constructor(ports: { letters: Letters; addresses: Addresses }) {
    this.#letters = ports.letters
    this.#addresses = ports.addresses
  }

  /** `occasion` tells two notices of one kind to one person apart: one mail goes out for each. Null for a person without an address. */
  compose(
    organization: Organization,
    { user, attributes }: Pick<UserRecord, 'user' | 'attributes'>,
    notice: AccountNotice,
    occasion: string,
  ): OutgoingMail | null {
    const to = setUpAddress(user.userName, emailsOf(attributes))
    if (to === null) return null
    const letter = this.#letters.accountNotice({
      organizationName: organization.name,
      recipientName: recipientName(attributes),
      signInUrl: this.#addresses.signIn(organization.slug),
      notice,
    })
    const key = `${notice.kind}.${user.id}.${occasion}`
    return { key, user: user.id, to, ...letter, messageId: `<${key}@${this.#addresses.host}>` }
  }
}
