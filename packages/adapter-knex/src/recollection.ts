import type { GroupRecord, ScimCredential } from '@latchkey/application'
import type { GroupId, Instant, OrganizationId, ScimTokenId, UserId } from '@latchkey/domain'
import { holdCredential } from './credential-hold.ts'
import type { KnownUser, Memory } from './memory.ts'
import type { Statement } from './statement.ts'
import type { UserAsStored } from './user-row.ts'

/** What one attempt to change something rests on, and what becomes known by it. */
export class Recollection {
  readonly #memory: Memory
  readonly #organization: OrganizationId
  readonly #now: Instant | null
  #token: ScimTokenId | null = null
  /** Whether a write makes sure of each. */
  readonly #groups = new Map<GroupId, boolean>()
  readonly #users = new Map<UserId, boolean>()
  readonly #usersSaved: UserAsStored[] = []
  readonly #holds: Statement[] = []

  /** Asks nothing where `now` is given, which the database told. */
  constructor(memory: Memory, organization: OrganizationId, now: Instant | null) {
    this.#memory = memory
    this.#organization = organization
    this.#now = now
  }

  /** Whether nothing may be asked. */
  get isAll(): boolean {
    return this.#now !== null
  }

  /** What must still be so, beside what is written. */
  get holds(): readonly Statement[] {
    return this.#holds
  }

  /** Whether the transaction makes sure of everything that was remembered. */
  get isHeld(): boolean {
    for (const isHeld of this.#groups.values()) if (!isHeld) return false
    for (const isHeld of this.#users.values()) if (!isHeld) return false
    return true
  }

  /** This, `group` and `user` throw where nothing is remembered. */
  credential(token: ScimTokenId): ScimCredential {
    const known = this.#memory.credential(this.#organization, token)
    this.#token = token
    this.#holds.push(holdCredential(known))
    return { ...known, now: this.#now ?? known.now }
  }

  group(group: GroupId): GroupRecord {
    const known = this.#memory.group(this.#organization, group)
    this.#groups.set(group, false)
    return known
  }

  user(user: UserId): KnownUser {
    const known = this.#memory.user(this.#organization, user)
    this.#users.set(user, false)
    return known
  }

  /** The database said so. */
  noteCredential(credential: ScimCredential): void {
    this.#memory.noteCredential(credential)
  }

  /** To be written, if the row is still what it was. Whoever changes the group next may rest on it already: if it is not kept, neither is what they write. */
  noteGroup(record: GroupRecord): void {
    this.#groups.set(record.group.id, true)
    this.#memory.noteGroup({ organization: this.#organization, stored: record })
  }

  /** The same, but for that it has to be kept before anybody rests on it. */
  noteUser({ user, attributesJson, version, createdAt, lastModifiedAt }: UserAsStored): void {
    this.#users.set(user.id, true)
    this.#usersSaved.push({ user, attributesJson, version, createdAt, lastModifiedAt })
  }

  /** Written by a transaction that was not there to be remembered. */
  dropGroup(group: GroupId): void {
    this.#memory.forgetGroup(group)
  }

  dropUser(user: UserId): void {
    this.#memory.forgetUser(user)
  }

  /** What was to be written is, and the rows have this revision now. */
  keep(revision: string): void {
    const organization = this.#organization
    for (const stored of this.#usersSaved) this.#memory.noteUser({ organization, stored, revision })
  }

  /** Nothing was kept of what was to be written. */
  takeBack(): void {
    for (const [group, isSaved] of this.#groups) if (isSaved) this.#memory.forgetGroup(group)
  }

  /** Something of it is not so. */
  forget(): void {
    if (this.#token !== null) this.#memory.forgetCredential(this.#token)
    for (const group of this.#groups.keys()) this.#memory.forgetGroup(group)
    for (const user of this.#users.keys()) this.#memory.forgetUser(user)
  }
}
