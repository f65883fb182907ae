import type { GroupRecord, ScimCredential } from '@latchkey/application'
import type { GroupId, Instant, OrganizationId, ScimTokenId } from '@latchkey/domain'
import { LastOnes } from './last-ones.ts'
import { holdCredential } from './scim-token-store.ts'
import type { Statement } from './statement.ts'

/** Of how many tokens, and of how many groups, it is known what was last read or written. */
const knownMax = 10_000

interface KnownGroup {
  readonly organization: OrganizationId
  readonly record: GroupRecord
  /** `xmin` of the row. */
  readonly revision: string
}

/**
 * What this process knows without asking: what it last read of a token, and what it last wrote of a group. Nothing is answered from here. A change may rest on it, if the
 * transaction that makes it holds all of it: where something is not so any more, nothing is kept and the database is asked (decision 0058).
 */
export class Memory {
  readonly #credentials = new LastOnes<ScimTokenId, ScimCredential>(knownMax)
  readonly #groups = new LastOnes<GroupId, KnownGroup>(knownMax)

  /** For an attempt that asks nothing, at a time that the database told. */
  recall(organization: OrganizationId, now: Instant): Recollection {
    return new Recollection(this, organization, now)
  }

  /** For an attempt that asks. */
  watch(organization: OrganizationId): Recollection {
    return new Recollection(this, organization, null)
  }

  credential(organization: OrganizationId, token: ScimTokenId): ScimCredential | undefined {
    const known = this.#credentials.get(token)
    return known?.organization.id === organization ? known : undefined
  }

  group(organization: OrganizationId, group: GroupId): KnownGroup | undefined {
    const known = this.#groups.get(group)
    return known?.organization === organization ? known : undefined
  }

  noteCredential(credential: ScimCredential): void {
    this.#credentials.set(credential.token.id, credential)
  }

  noteGroup(known: KnownGroup): void {
    this.#groups.set(known.record.group.id, known)
  }

  forget(tokens: Iterable<ScimTokenId>, groups: Iterable<GroupId>): void {
    for (const token of tokens) this.#credentials.delete(token)
    for (const group of groups) this.#groups.delete(group)
  }
}

/** What one attempt to change something rests on, and what becomes known by it. */
export class Recollection {
  readonly #memory: Memory
  readonly #organization: OrganizationId
  readonly #now: Instant | null
  readonly #tokens = new Set<ScimTokenId>()
  /** Whether a write makes sure of each. */
  readonly #groups = new Map<GroupId, boolean>()
  readonly #saved: GroupRecord[] = []
  readonly #holds: Statement[] = []

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
    return [...this.#groups.values()].every(Boolean)
  }

  /** Throws `NotRemembered`. */
  credential(token: ScimTokenId): ScimCredential {
    const known = this.#memory.credential(this.#organization, token)
    if (!known || this.#now === null) throw new NotRemembered()
    this.#tokens.add(token)
    this.#holds.push(holdCredential(known))
    return { ...known, now: this.#now }
  }

  /** Throws `NotRemembered`. */
  group(group: GroupId): Omit<KnownGroup, 'organization'> {
    const known = this.#memory.group(this.#organization, group)
    if (!known) throw new NotRemembered()
    this.#groups.set(group, false)
    return known
  }

  /** The database said so. */
  noteCredential(credential: ScimCredential): void {
    this.#memory.noteCredential(credential)
  }

  /** To be written, if the row is still what the record before was. */
  noteSaved(record: GroupRecord): void {
    this.#groups.set(record.group.id, true)
    this.#saved.push(record)
  }

  /** What was to be written is, and the rows have this revision now. */
  keep(revision: string): void {
    for (const record of this.#saved) this.#memory.noteGroup({ organization: this.#organization, record, revision })
  }

  /** Something of it is not so. */
  forget(): void {
    this.#memory.forget(this.#tokens, this.#groups.keys())
  }
}

/** Something has to be asked. */
export class NotRemembered extends Error {}
