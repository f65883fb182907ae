import {
  GrantGroupKey,
  type GroupKeySummary,
  MakeGroupKey,
  type MovedMembers,
  type Person,
  ReadGroupKeys,
  RestoreGroup,
  RestoreUser,
  operatorOf,
} from '@latchkey/application'
import {
  ClientCryptoError,
  type GroupKey,
  type KeyLogEntry,
  type KnownKeys,
  type PeoplePins,
  type Recipient,
  type UnlockedKey,
  createEncryptionKey,
  makeEpoch,
  openGroupKey,
  sealGrants,
  verifyKeyLog,
} from '@latchkey/client-crypto'
import {
  type GroupId,
  type GroupKeyState,
  type Organization,
  type UserId,
  groupKeyState,
  toBase64url,
  toHexadecimal,
  userId,
} from '@latchkey/domain'
import { verification } from '../../apps/server/src/system/verification.ts'
import { nextEntry, password, quickly } from '../client-crypto/honest-server.ts'
import {
  deleteGroup,
  deleteUser,
  insertGroup,
  insertUser,
  makeOrganization,
  newDigest,
  newGroup,
  newSession,
  newUser,
} from '../contracts/rows.ts'
import type { StorageUnderTest } from '../contracts/storage.contract.ts'

/** A person of the world, and their key if they have made one. */
interface Somebody {
  readonly id: UserId
  unlocked: UnlockedKey | null
  version: number
  /** The session in which their key is open; null while they are signed out. */
  as: Person | null
}

export type Outcome = 'done' | string

const nobodyKnown = { group: null, people: new Map() }
const time = '2026-11-24T03:00:00.000Z'

interface RotateOptions {
  readonly withReturned?: boolean
  readonly opened?: GroupKey | null
}

/** One group of an organisation, with the browsers of its people and the directory that their provider writes. */
export class GroupKeyWorld {
  readonly people: readonly Somebody[]
  readonly group: GroupId
  readonly #subject: StorageUnderTest
  readonly #organization: Organization
  readonly #log: KeyLogEntry[] = []
  readonly #make: MakeGroupKey
  readonly #grant: GrantGroupKey
  readonly #read: ReadGroupKeys

  private constructor(subject: StorageUnderTest, organization: Organization, group: GroupId, people: readonly UserId[]) {
    this.#subject = subject
    this.#organization = organization
    this.group = group
    this.people = people.map((id) => ({ id, unlocked: null, version: 0, as: null }))
    const { storage } = subject
    this.#make = new MakeGroupKey({ storage, verification })
    this.#grant = new GrantGroupKey({ storage, verification })
    this.#read = new ReadGroupKeys({ storage })
  }

  /** People who are in nobody's group and have no key. */
  static async with(subject: StorageUnderTest, count: number): Promise<GroupKeyWorld> {
    const organization = await makeOrganization(subject.storage)
    const people: UserId[] = []
    for (let index = 0; index < count; index += 1) {
      people.push((await insertUser(subject.storage, organization.id, newUser(`person-${index}@crew.example`))).user.id)
    }
    const { group } = await insertGroup(subject.storage, organization.id, newGroup('Crew'))
    return new GroupKeyWorld(subject, organization, group.id, people)
  }

  get storage() {
    return this.#subject.storage
  }

  get organization() {
    return this.#organization
  }

  async put(index: number): Promise<void> {
    await this.storage.transaction(this.#organization.id, async ({ groups, memberships, users }) => {
      const group = await groups.lock(this.group)
      const live = await users.lockLive([this.#at(index).id])
      if (group && live.size > 0) await memberships.add(this.group, [...live])
    })
  }

  async take(index: number): Promise<void> {
    await this.storage.transaction(this.#organization.id, async ({ groups, memberships }) => {
      if (await groups.lock(this.group)) await memberships.remove(this.group, [this.#at(index).id])
    })
  }

  /** As the directory does it: sessions end with it. */
  async setEnabled(index: number, isEnabled: boolean): Promise<void> {
    const { id } = this.#at(index)
    await this.storage.transaction(this.#organization.id, async ({ users, sessions }) => {
      const record = await users.lock(id)
      if (!record) return
      await users.save(record, { ...record.user, directory: isEnabled ? 'enabled' : 'deactivated' }, record.attributes)
      if (!isEnabled) await sessions.end(id, 'all')
    })
    if (!isEnabled) this.#at(index).as = null
  }

  async remove(index: number): Promise<void> {
    const { id } = this.#at(index)
    if (!(await this.#live(id))) return
    await deleteUser(this.storage, this.#organization.id, id)
    await this.storage.transaction(this.#organization.id, ({ sessions }) => sessions.end(id, 'all'))
    this.#at(index).as = null
  }

  async bringBack(index: number): Promise<void> {
    await new RestoreUser({ storage: this.storage }).execute(operatorOf(this.#organization), this.#at(index).id)
  }

  async removeGroup(): Promise<void> {
    if (await this.storage.read(this.#organization.id, ({ groups }) => groups.get(this.group, { members: false })))
      await deleteGroup(this.storage, this.#organization.id, this.group)
  }

  async bringGroupBack(): Promise<void> {
    await new RestoreGroup({ storage: this.storage }).execute(operatorOf(this.#organization), this.group)
  }

  /** Signs in and makes a key, where there is none. */
  async setUpKey(index: number): Promise<void> {
    const somebody = this.#at(index)
    const record = await this.#live(somebody.id)
    if (record?.user.directory !== 'enabled' || record.user.encryptionKey.state === 'registered') return
    const former = this.#log.filter((entry) => entry.userId === somebody.id)
    const challenge = {
      ...{ nonce: 'nonce', time, organizationId: this.#organization.id, userId: somebody.id, version: former.length + 1 },
      previousStatement: former.at(-1)?.statement ?? null,
    }
    const { registration, unlocked } = await createEncryptionKey({ challenge, masterPassword: password, deriveRoot: quickly })
    this.#log.push(nextEntry(this.#organization.id, this.#log, { user: somebody.id, version: challenge.version, registration }))
    const { encryptionPublicKey, signingPublicKey, fingerprint } = unlocked.statement
    await this.storage.transaction(this.#organization.id, async ({ users, now }) => {
      const before = await users.lock(somebody.id)
      if (!before) throw new Error('There is no such person.')
      await users.saveLinkAndKey(before, {
        identityLink: null,
        encryptionKey: {
          state: 'registered',
          version: challenge.version,
          publicKeys: { encryption: toBase64url(encryptionPublicKey), signing: toBase64url(signingPublicKey) },
          fingerprint: toHexadecimal(fingerprint),
          protectedPrivateKeys: { version: 1, envelope: '{}' },
          registeredAt: now,
          resetRequest: null,
        },
      })
    })
    somebody.unlocked = unlocked
    somebody.version = challenge.version
  }

  /** As when a requested reset takes effect. */
  async reset(index: number): Promise<void> {
    const somebody = this.#at(index)
    await this.storage.transaction(this.#organization.id, async ({ users, sessions }) => {
      const record = await users.lock(somebody.id)
      const key = record?.user.encryptionKey
      if (!record || key?.state !== 'registered') return
      await users.saveLinkAndKey(record, { identityLink: null, encryptionKey: { state: 'none', lastVersion: key.version } })
      await sessions.end(somebody.id, 'all')
      somebody.as = null
      somebody.unlocked = null
    })
  }

  /** The first epoch. */
  async make(index: number): Promise<Outcome> {
    const person = await this.signedIn(index)
    const { unlocked } = this.#at(index)
    if (!person || !unlocked) return 'nobody'
    const wish = { unlocked, group: this.group, previous: null, recipients: [], known: await this.#known(), people: new Map(), time }
    const { epoch, grant } = await makeEpoch(wish)
    return outcomeOf(
      await this.#make.execute(person, this.group, {
        expectedEpoch: 0,
        epoch: { ...epoch, roster: rosterOf(epoch.roster) },
        grant,
        note: null,
      }),
    )
  }

  /** Everybody who waits, or the automatic ones among them. */
  async approve(index: number, because: 'approved' | 'automatic' = 'approved'): Promise<Outcome> {
    const person = await this.signedIn(index)
    const { unlocked } = this.#at(index)
    const key = person && (await this.open(index))
    if (!person || !unlocked || !key) return 'nobody'
    const queue = await this.#read.queue(person)
    if (!queue.ok) return queue.error
    const recipients = queue.value.waiting.map(({ member }): Recipient => {
      return { userId: member.user, fingerprint: member.key?.fingerprint ?? '', because: member.isInRoster ? 'held-before' : because }
    })
    return this.grant(index, key, recipients)
  }

  /** Who somebody is to a holder's browser. */
  recipient(index: number, because: Recipient['because']): Recipient {
    const { id, unlocked } = this.#at(index)
    return { userId: id, fingerprint: unlocked ? toHexadecimal(unlocked.statement.fingerprint) : '', because }
  }

  /** Grants to these, whatever the queue says. */
  async grant(index: number, key: GroupKey, recipients: readonly Recipient[]): Promise<Outcome> {
    const person = await this.signedIn(index)
    const { unlocked } = this.#at(index)
    if (!person || !unlocked) return 'nobody'
    for await (const grants of sealGrants({ unlocked, key, recipients, known: await this.#known(), people: new Map() })) {
      const outcome = outcomeOf(await this.#grant.execute(person, this.group, { expectedEpoch: key.epoch.number, grants }))
      if (outcome !== 'done') return outcome
    }
    return 'done'
  }

  /** The next epoch for everybody who holds this one, and their grants of it. The key is opened now, unless it was before. */
  async rotate(index: number, { withReturned = false, opened = null }: RotateOptions = {}): Promise<Outcome> {
    const person = await this.signedIn(index)
    const { unlocked } = this.#at(index)
    const previous = person && (opened ?? (await this.open(index)))
    if (!person || !unlocked || !previous) return 'nobody'
    const holding = await this.#read.members(person, this.group, { which: 'holding', after: 0, limit: 100 })
    if (!holding.ok) return holding.error
    const others = holding.value.filter(({ user, grant }) => user !== person.user && (withReturned || grant?.isBeforeReturn === false))
    const recipients = others.map(({ user, key }): Recipient => {
      return { userId: user, fingerprint: key?.fingerprint ?? '', because: 'held-before' }
    })
    const wish = { unlocked, group: this.group, previous, recipients, known: await this.#known(), people: new Map(), time }
    const { key, epoch, grant } = await makeEpoch(wish)
    const made = { expectedEpoch: previous.epoch.number, epoch: { ...epoch, roster: rosterOf(epoch.roster) }, grant, note: null }
    const outcome = outcomeOf(await this.#make.execute(person, this.group, made))
    return outcome === 'done' ? this.grant(index, key, recipients) : outcome
  }

  /** A next epoch for its maker alone, with whatever they say is the one before. */
  async replace(index: number, previous: GroupKey): Promise<Outcome> {
    const person = await this.signedIn(index)
    const { unlocked } = this.#at(index)
    if (!person || !unlocked) return 'nobody'
    const wish = { unlocked, group: this.group, previous, recipients: [], known: await this.#known(), people: new Map(), time }
    const { epoch, grant } = await makeEpoch(wish)
    const made = { expectedEpoch: previous.epoch.number, epoch: { ...epoch, roster: rosterOf(epoch.roster) }, grant, note: null }
    return outcomeOf(await this.#make.execute(person, this.group, made))
  }

  /**
   * The group's key, as the person's browser opens it after checking everything; null where the server gives them none. Who is told that somebody has another key than before, since
   * both of theirs replaced the group's, compares it with them (KEY-4).
   */
  async open(index: number): Promise<GroupKey | null> {
    const person = await this.signedIn(index)
    const { unlocked } = this.#at(index)
    if (!person || !unlocked) return null
    const shown = await this.#read.key(person, this.group, 1)
    if (!shown.ok) return null
    const { epochs, grant } = shown.value
    const asServed = { grant, epochs: epochs.map((epoch) => ({ ...epoch, roster: epoch.roster.map(entryOf) })) }
    const wish = { unlocked, group: this.group, shown: asServed, known: await this.#known() }
    try {
      return (await openGroupKey({ ...wish, pins: nobodyKnown })).key
    } catch (error) {
      if (!(error instanceof ClientCryptoError) || error.code !== 'changed-key') throw error
      return (await openGroupKey({ ...wish, pins: { group: null, people: comparedWithAll(wish.known) } })).key
    }
  }

  async state(): Promise<{ readonly summary: GroupKeySummary; readonly state: GroupKeyState } | null> {
    const summary = await this.storage.read(this.#organization.id, ({ groupKeys }) => groupKeys.summary(this.group))
    if (!summary) return null
    const { epoch, holders, departures } = summary
    return { summary, state: groupKeyState({ epoch: epoch?.number ?? null, holders, departures }) }
  }

  /** A session in which the key is open; null for whoever cannot sign in or has no key. */
  async signedIn(index: number): Promise<Person | null> {
    const somebody = this.#at(index)
    const record = await this.#live(somebody.id)
    if (record?.user.directory !== 'enabled' || record.user.encryptionKey.state !== 'registered') return null
    const { as: before } = somebody
    const live = await this.storage.read(this.#organization.id, ({ sessions }) => sessions.list(somebody.id))
    if (before && live.some(({ id }) => id === before.session)) return before
    somebody.as = await this.storage.transaction(this.#organization.id, async ({ sessions }) => {
      const { id } = await sessions.insert(newSession(somebody.id), newDigest())
      await sessions.noteUnlocked(id)
      return { organization: this.#organization, user: somebody.id, session: id }
    })
    return somebody.as
  }

  #at(index: number): Somebody {
    const somebody = this.people[index]
    if (!somebody) throw new Error('There is nobody there.')
    return somebody
  }

  #known(): Promise<KnownKeys> {
    return verifyKeyLog(this.#organization.id, this.#log)
  }

  async #live(id: UserId) {
    return (await this.storage.read(this.#organization.id, ({ users }) => users.get(id, { groups: false })))?.record
  }
}

/** What a browser remembers once its person has compared everybody's newest key with them. */
function comparedWithAll({ newest }: KnownKeys): PeoplePins {
  return new Map(
    [...newest].map(([user, { fingerprint, version }]) => [user, { fingerprint: toHexadecimal(fingerprint), keyVersion: version }]),
  )
}

function rosterOf(roster: readonly { readonly userId: string; readonly fingerprint: string }[]) {
  return roster.map(({ userId: user, fingerprint }) => ({ user: userId(user), fingerprint }))
}

function entryOf({ user, fingerprint }: { readonly user: UserId; readonly fingerprint: string }) {
  return { userId: user, fingerprint }
}

function outcomeOf(result: { readonly ok: true } | { readonly ok: false; readonly error: string | MovedMembers }): Outcome {
  if (result.ok) return 'done'
  return typeof result.error === 'string' ? result.error : result.error.kind
}
