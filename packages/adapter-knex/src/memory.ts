import type { GroupRecord, ScimCredential } from '@latchkey/application'
import type { GroupId, OrganizationId, ScimTokenId, UserId } from '@latchkey/domain'
import { LastOnes } from './last-ones.ts'
import type { UserAsStored } from './user-row.ts'

/** Of how many it is known what was last read or written. A user is a kilobyte or two. */
const max = { credentials: 10_000, groups: 10_000, users: 20_000 }

interface Known<Stored> {
  readonly organization: OrganizationId
  readonly stored: Stored
}

export interface KnownUser extends Known<UserAsStored> {
  /** `xmin` of the row: a user has more than what a version tells of. */
  readonly revision: string
}

/**
 * What this process knows without asking: what it last read of a token, and what it last wrote of a user or a group. Nothing is answered from here. A change may rest on it
 * if the transaction that makes it holds all of it: where something is not so any more, nothing is kept and the database is asked (decision 0058).
 */
export class Memory {
  readonly #credentials = new LastOnes<ScimTokenId, ScimCredential>(max.credentials)
  readonly #groups = new LastOnes<GroupId, Known<GroupRecord>>(max.groups)
  readonly #users = new LastOnes<UserId, KnownUser>(max.users)

  credential(organization: OrganizationId, token: ScimTokenId): ScimCredential {
    const known = this.#credentials.get(token)
    if (known?.organization.id !== organization) throw notRemembered
    return known
  }

  group(organization: OrganizationId, group: GroupId): GroupRecord {
    const known = this.#groups.get(group)
    if (known?.organization !== organization) throw notRemembered
    return known.stored
  }

  user(organization: OrganizationId, user: UserId): KnownUser {
    const known = this.#users.get(user)
    if (known?.organization !== organization) throw notRemembered
    return known
  }

  noteCredential(credential: ScimCredential): void {
    this.#credentials.set(credential.token.id, credential)
  }

  noteGroup(known: Known<GroupRecord>): void {
    this.#groups.set(known.stored.group.id, known)
  }

  /** Who is deleted is no user to whoever asks. */
  noteUser(known: KnownUser): void {
    const { id, directory } = known.stored.user
    if (directory === 'deleted') this.#users.delete(id)
    else this.#users.set(id, known)
  }

  forgetCredential(token: ScimTokenId): void {
    this.#credentials.delete(token)
  }

  forgetGroup(group: GroupId): void {
    this.#groups.delete(group)
  }

  forgetUser(user: UserId): void {
    this.#users.delete(user)
  }
}

/** One for all: it is thrown for every change of what is not remembered, and nobody looks where. */
const notRemembered = new Error('Something has to be asked.')
