import {
  type Organization,
  type ScimToken,
  type User,
  isAddress,
  isMassChange,
  massChangeWindowMs,
  scimTokenPrefix,
} from '@latchkey/domain'
import type { Addresses } from '../addresses.ts'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { Letters, OutgoingMail } from '../ports/outbox.ts'
import type { Storage, Stores } from '../ports/storage.ts'

export class WatchForMassChange {
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

  /** Asked by the clock: tells owners once when one token took access from many within an hour (LIF-7). Nothing is held up: they decide whether to freeze it. */
  async execute(): Promise<void> {
    for (const organization of await this.#register.list()) {
      await this.#storage.transaction(organization.id, (stores) => this.#watch(organization, stores))
    }
  }

  async #watch(organization: Organization, stores: Stores): Promise<void> {
    const since = stores.now - massChangeWindowMs
    const suspects = (await stores.activity.removalsSince(since)).filter(({ users }) => isMassChange({ affected: users, total: users }))
    if (suspects.length === 0) return
    const noticed = await stores.auditTrail.list(
      { kinds: ['mass-change-noticed'], subject: null, since, until: null },
      { before: null, limit: 100 },
    )
    const known = new Set(noticed.map(({ event }) => (event.kind === 'mass-change-noticed' ? event.token : null)))
    const { total } = await stores.directory.list({
      selections: [{ type: 'User', filter: null, sortBy: null }],
      descending: false,
      page: { kind: 'offset', offset: 0, limit: 0 },
      wants: { groups: false, members: false },
    })
    const tokens = await stores.scimTokens.list()
    for (const { token: id, users: affected, deleted } of suspects) {
      const token = tokens.find((one) => one.id === id)
      if (!token || known.has(id) || !isMassChange({ affected, total: total + deleted })) continue
      await stores.audit.append({ kind: 'clock' }, { kind: 'mass-change-noticed', token: id, users: affected })
      const owners = (await stores.users.owners())
        .map(({ user }) => user)
        .filter(({ directory, userName }) => directory === 'enabled' && isAddress(userName))
      for (const owner of owners) await stores.outbox.append(this.#compose(organization, owner, token, affected, stores.now))
    }
  }

  #compose(organization: Organization, owner: User, token: ScimToken, users: number, now: number): OutgoingMail {
    const key = `mass-change.${token.id}.${now}.${owner.id}`
    const letter = this.#letters.massChange({
      organizationName: organization.name,
      organizationSlug: organization.slug,
      users,
      token: token.id,
      description: token.description,
      prefix: scimTokenPrefix(token),
    })
    return { key, user: owner.id, to: owner.userName, ...letter, messageId: `<${key}@${this.#addresses.host}>` }
  }
}
