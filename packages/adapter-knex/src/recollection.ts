import type { GroupRecord, ScimCredential } from '@latchkey/application'
import type { GroupId, Instant, OrganizationId, ScimTokenId, UserId } from '@latchkey/domain'
import { holdCredential } from './credential-hold.ts'
import { LastOnes } from './last-ones.ts'
import type { Statement } from './statement.ts'
import type { UserAsStored } from './user-row.ts'

/** Of how many it is known what was last read or written. A user is a kilobyte or two. */
const max = { credentials: 10_000, groups: 10_000, users: 20_000 }

/** Whose a row is, and which state of it this is: its `xmin`. */
interface Known<Stored> {
  readonly organization: OrganizationId
  readonly stored: Stored
  readonly revision: string
}

/**
 * What this process knows without asking: what it last read of a token, and what it last wrote of a user or a group. Nothing is answered from here. A change may rest on it
 * if the transaction that makes it holds all of it: where something is not so any more, nothing is kept and the database is asked (decision 0058).
 */
export class Memory {
  readonly #credentials = new LastOnes<ScimTokenId, ScimCredential>(max.credentials)
  readonly #groups = new LastOnes<GroupId, Known<GroupRecord>>(max.groups)
  readonly #users = new LastOnes<UserId, Known<UserAsStored>>(max.users)

  credential(organization: OrganizationId, token: ScimTokenId): ScimCredential {
    const known = this.#credentials.get(token)
    if (known?.organization.id !== organization) throw notRemembered
    return known
  }

  group(organization: OrganizationId, group: GroupId): Known<GroupRecord> {
    return ofOrganization(organization, this.#groups.get(group))
  }

  user(organization: OrganizationId, user: UserId): Known<UserAsStored> {
    return ofOrganization(organization, this.#users.get(user))
  }

  noteCredential(credential: ScimCredential): void {
    this.#credentials.set(credential.token.id, credential)
  }

  noteGroup(known: Known<GroupRecord>): void {
    this.#groups.set(known.stored.group.id, known)
  }

  /** Who is deleted is no user to whoever asks. */
  noteUser(known: Known<UserAsStored>): void {
    const { id, directory } = known.stored.user
    if (directory === 'deleted') this.#users.delete(id)
    else this.#users.set(id, known)
  }

  forget({ token, groups, users }: Rests): void {
    if (token !== null) this.#credentials.delete(token)
    for (const group of groups) this.#groups.delete(group)
    for (const user of users) this.#users.delete(user)
  }
}

interface Rests {
  readonly token: ScimTokenId | null
  readonly groups: Iterable<GroupId>
  readonly users: Iterable<UserId>
}

/** What one attempt to change something rests on, and what becomes known by it. */
export class Recollection {
  readonly #memory: Memory
  readonly #organization: OrganizationId
  readonly #now: Instant | null
  #token: ScimTokenId | null = null
  /** Whether a write makes sure of each. */
  readonly #groups = new Map<GroupId, boolean>()
  readonly #users = new Map<UserId, boolean>()
  readonly #groupsSaved: GroupRecord[] = []
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

  group(group: GroupId): Known<GroupRecord> {
    const known = this.#memory.group(this.#organization, group)
    this.#groups.set(group, false)
    return known
  }

  user(user: UserId): Known<UserAsStored> {
    const known = this.#memory.user(this.#organization, user)
    this.#users.set(user, false)
    return known
  }

  /** The database said so. */
  noteCredential(credential: ScimCredential): void {
    this.#memory.noteCredential(credential)
  }

  /** To be written, if the row is still what it was. */
  noteGroup(record: GroupRecord): void {
    this.#groups.set(record.group.id, true)
    this.#groupsSaved.push(record)
  }

  noteUser({ user, attributesJson, version, createdAt, lastModifiedAt }: UserAsStored): void {
    this.#users.set(user.id, true)
    this.#usersSaved.push({ user, attributesJson, version, createdAt, lastModifiedAt })
  }

  /** What was to be written is, and the rows have this revision now. */
  keep(revision: string): void {
    const organization = this.#organization
    for (const stored of this.#groupsSaved) this.#memory.noteGroup({ organization, stored, revision })
    for (const stored of this.#usersSaved) this.#memory.noteUser({ organization, stored, revision })
  }

  /** Something of it is not so. */
  forget(): void {
    this.#memory.forget({ token: this.#token, groups: this.#groups.keys(), users: this.#users.keys() })
  }
}

function ofOrganization<Stored>(organization: OrganizationId, known: Known<Stored> | undefined): Known<Stored> {
  if (known?.organization !== organization) throw notRemembered
  return known
}

/** One for all: it is thrown for every change of what is not remembered, and nobody looks where. */
const notRemembered = new Error('Something has to be asked.')
