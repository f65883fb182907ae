import {
  type GroupKey,
  type GroupPins,
  type Identity,
  type KeyLogEntry,
  type KnownKeys,
  type Recipient,
  type SealedGrant,
  type SealingWish,
  type UnlockedKey,
  type VerifiedStatement,
  checkRecipients,
  forgetGroupKey,
  grantsPerBatch,
  makeEpoch,
  openGroupKey,
  openGroupNote,
  sealGroupNote,
  verifyKeyLog,
} from '@latchkey/client-crypto'
import { ApiProblem } from '../http/json-api.ts'
import type { AccountApi, GroupMember, GroupNoteAnswer, OwnGroup, WaitingMember } from './account-api.ts'
import type { PinStore } from './pin-store.ts'

/** What of the account API this needs. */
export type GroupApi = Pick<
  AccountApi,
  | 'keyLog'
  | 'groups'
  | 'group'
  | 'groupMembers'
  | 'groupKey'
  | 'makeEpoch'
  | 'grantGroupKey'
  | 'requestGroupKey'
  | 'groupNote'
  | 'saveGroupNote'
  | 'grantQueue'
>

/** Somebody who waits, with the key of theirs that the checked log has. */
export interface WaitingPerson extends WaitingMember {
  /** Null where the log has no key of theirs: the server names somebody who cannot be given anything. */
  readonly statement: VerifiedStatement | null
  /** The key that this browser knew, or else the one before in the log, where it is another. */
  readonly former: VerifiedStatement | null
}

/** What became of an approval. */
export interface Granted {
  readonly granted: number
  /** Those whose facts moved meanwhile: they wait on, and are looked at again. */
  readonly moved: readonly string[]
}

/** A member as a page shows whether they can decrypt: by what was signed, not by what the server says. */
export interface ProvenHolder {
  readonly member: GroupMember
  /** Whether signatures that this browser checked show that they were given the key. */
  readonly isProven: boolean
}

type Progress = (done: number, total: number) => void

const pageSize = 500

/** What a person does with the keys of their groups: conversations of this browser with the server, whose word is checked before it counts. */
export class GroupKeys {
  readonly #api: GroupApi
  readonly #pins: PinStore
  readonly #seal: (wish: SealingWish) => AsyncGenerator<readonly SealedGrant[]>
  #log: { readonly organization: string; readonly entries: readonly KeyLogEntry[]; readonly known: KnownKeys } | null = null

  constructor(parts: {
    readonly api: GroupApi
    readonly pins: PinStore
    readonly seal: (wish: SealingWish) => AsyncGenerator<readonly SealedGrant[]>
  }) {
    this.#api = parts.api
    this.#pins = parts.pins
    this.#seal = parts.seal
  }

  list(): Promise<readonly OwnGroup[]> {
    return this.#api.groups()
  }

  group(group: string): Promise<OwnGroup> {
    return this.#api.group(group)
  }

  request(group: string): Promise<void> {
    return this.#api.requestGroupKey(group)
  }

  /** The first epoch of a group's key, for its maker alone: everybody else is approved by somebody who looks. */
  async make(unlocked: UnlockedKey, group: string): Promise<void> {
    const known = await this.#known(unlocked)
    const { people } = this.#pinsOf(unlocked, group)
    const made = await makeEpoch({ unlocked, group, previous: null, recipients: [], known, people, time: new Date().toISOString() })
    forgetGroupKey(made.key)
    await this.#api.makeEpoch(group, { expectedEpoch: 0, epoch: made.epoch, grant: made.grant, note: null })
    this.#savePins(unlocked, group, made.pins)
  }

  /** Who waits for keys that the person holds. */
  async waiting(unlocked: UnlockedKey): Promise<{ readonly people: readonly WaitingPerson[]; readonly isAutomatic: boolean }> {
    const { waiting, automatic } = await this.#api.grantQueue()
    const { newest, byFingerprint } = await this.#known(unlocked)
    const pins = this.#pins.findPeople(identityOf(unlocked))
    const people = waiting.map((one) => {
      const statement = newest.get(one.member.userId) ?? null
      const pin = pins.get(one.member.userId)
      const pinned = pin && byFingerprint.get(pin.fingerprint)
      const before = [...byFingerprint.values()].findLast(
        ({ user, version }) => user === one.member.userId && version < (statement?.version ?? 0),
      )
      const former = pinned && pinned !== statement ? pinned : (before ?? null)
      return { ...one, statement, former }
    })
    return { people, isAutomatic: automatic.isOn }
  }

  /**
   * Gives the keys of their groups to people whom the person has looked at. Each batch that the server took stays, whatever happens to this page: the rest
   * waits on.
   */
  approve(unlocked: UnlockedKey, people: readonly WaitingPerson[], progress: Progress): Promise<Granted> {
    const pins = this.#pins.findPeople(identityOf(unlocked))
    const meant = people.map((person) => {
      const fingerprint = person.member.key?.fingerprint ?? ''
      const pin = pins.get(person.member.userId)
      const because: Recipient['because'] = pin && pin.fingerprint !== fingerprint ? 'approved-change' : 'approved'
      return { group: person.group.id, recipient: { userId: person.member.userId, fingerprint, because } }
    })
    return this.#grantAll(unlocked, meant, progress)
  }

  /**
   * What an open page does by itself: those for whom an epoch was made and who still wait for it, and new members with their first key, where the organisation
   * has switched that on and the person has agreed in this browser: a server alone could say the one, and never the other. Answers how many wait on for somebody to look.
   */
  async serveQueue(unlocked: UnlockedKey): Promise<number> {
    const { waiting, automatic } = await this.#api.grantQueue()
    const meant = (because: Recipient['because'], list: readonly WaitingMember[]) =>
      list.map(({ group, member }) => ({
        group: group.id,
        recipient: { userId: member.userId, fingerprint: member.key?.fingerprint ?? '', because },
      }))
    const carried = waiting.filter(({ member }) => member.because === 'carried-over')
    const left = this.allowsAutomatic(unlocked) ? automatic.left : 0
    const fresh = waiting.filter(({ member }) => member.because === 'new' && member.key?.version === 1).slice(0, left)
    const all = [...meant('held-before', carried), ...meant('automatic', fresh)]
    const { granted } = all.length === 0 ? { granted: 0 } : await this.#grantAll(unlocked, all, () => {})
    return waiting.length - granted
  }

  /** Whether the person lets this browser give keys where the organisation's policy allows it. */
  allowsAutomatic(unlocked: UnlockedKey): boolean {
    return this.#pins.findConsent(identityOf(unlocked))
  }

  allowAutomatic(unlocked: UnlockedKey, isAllowed: boolean): void {
    this.#pins.saveConsent(identityOf(unlocked), isAllowed)
  }

  /** A new epoch for everybody who holds the present one and has not left since. Who is new, or came back, is approved anew. */
  async rotate(unlocked: UnlockedKey, group: string, progress: Progress): Promise<Granted> {
    const key = await this.#open(unlocked, group)
    const holding = await this.members(group, 'holding')
    const others = holding.filter(({ userId, grant }) => userId !== unlocked.statement.user && grant?.isBeforeReturn === false)
    const recipients = others.map(({ userId, key: theirs }): Recipient => {
      return { userId, fingerprint: theirs?.fingerprint ?? '', because: 'held-before' }
    })
    const known = await this.#known(unlocked)
    const { people } = this.#pinsOf(unlocked, group)
    const note = await this.#api.groupNote(group)
    const made = await makeEpoch({ unlocked, group, previous: key, recipients, known, people, time: new Date().toISOString() })
    const renewed = note && { ...(await sealGroupNote(made.key, await openGroupNote(key, note))), expectedVersion: note.version }
    await this.#api.makeEpoch(group, {
      expectedEpoch: key.epoch.number,
      epoch: made.epoch,
      grant: made.grant,
      note: renewed && { sealed: renewed.sealed, expectedVersion: renewed.expectedVersion },
    })
    this.#savePins(unlocked, group, made.pins)
    forgetGroupKey(key)
    try {
      return await this.#grant(unlocked, group, made.key, recipients, progress)
    } finally {
      forgetGroupKey(made.key)
    }
  }

  /** Every member of one kind. */
  async members(group: string, which: 'all' | 'holding' | 'waiting'): Promise<readonly GroupMember[]> {
    const members: GroupMember[] = []
    for (;;) {
      const page = await this.#api.groupMembers(group, which, members.at(-1)?.position ?? 0, pageSize)
      members.push(...page)
      if (page.length < pageSize) return members
    }
  }

  /** Who can decrypt, as far as what was signed shows it. */
  async holders(unlocked: UnlockedKey, group: string): Promise<readonly ProvenHolder[]> {
    const key = await this.#open(unlocked, group)
    forgetGroupKey(key)
    const holding = await this.members(group, 'holding')
    return holding.map((member) => ({ member, isProven: key.holders.has(member.key?.fingerprint ?? '') }))
  }

  /** The note and its version; an empty one before the first. */
  async note(unlocked: UnlockedKey, group: string): Promise<{ readonly text: string; readonly version: number }> {
    const key = await this.#open(unlocked, group)
    try {
      const note: GroupNoteAnswer | null = await this.#api.groupNote(group)
      return note ? { text: await openGroupNote(key, note), version: note.version } : { text: '', version: 0 }
    } finally {
      forgetGroupKey(key)
    }
  }

  /** In the place of a version that was opened. Answers the new one. */
  async saveNote(unlocked: UnlockedKey, group: string, text: string, expectedVersion: number): Promise<number> {
    const key = await this.#open(unlocked, group)
    try {
      return await this.#api.saveGroupNote(group, { ...(await sealGroupNote(key, text)), expectedVersion })
    } finally {
      forgetGroupKey(key)
    }
  }

  async #grantAll(
    unlocked: UnlockedKey,
    meant: readonly { readonly group: string; readonly recipient: Recipient }[],
    progress: Progress,
  ): Promise<Granted> {
    let [granted, done] = [0, 0]
    const moved: string[] = []
    for (const group of new Set(meant.map((one) => one.group))) {
      const key = await this.#open(unlocked, group)
      try {
        const recipients = meant.filter((one) => one.group === group).map(({ recipient }) => recipient)
        const before = done
        const result = await this.#grant(unlocked, group, key, recipients, (part) => progress(before + part, meant.length))
        granted += result.granted
        moved.push(...result.moved)
        done += recipients.length
      } finally {
        forgetGroupKey(key)
      }
    }
    return { granted, moved }
  }

  /** Everybody is checked, and the checked keys are remembered, before the first is sealed to. */
  async #grant(
    unlocked: UnlockedKey,
    group: string,
    key: GroupKey,
    recipients: readonly Recipient[],
    progress: Progress,
  ): Promise<Granted> {
    const known = await this.#known(unlocked)
    const { group: pin, people } = this.#pinsOf(unlocked, group)
    const checked = checkRecipients(recipients, { known, people, holders: key.holders })
    let [granted, done] = [0, 0]
    const moved: string[] = []
    for await (const batch of this.#seal({ unlocked, key, recipients, known, people })) {
      const named = recipients.slice(done, done + batch.length).map(({ userId }) => userId)
      const left = await this.#send(group, key.epoch.number, named, batch)
      granted += batch.length - left.length
      moved.push(...left)
      done += batch.length
      progress(done, recipients.length)
    }
    this.#savePins(unlocked, group, { group: pin, people: checked.people })
    return { granted, moved }
  }

  /** Sends a batch; whoever has moved is left out and it is sent once more. Answers whom it left out. */
  async #send(group: string, expectedEpoch: number, named: readonly string[], batch: readonly SealedGrant[]): Promise<readonly string[]> {
    if (batch.length > grantsPerBatch) throw new Error('A batch is larger than the server takes.')
    try {
      await this.#api.grantGroupKey(group, { expectedEpoch, grants: batch })
      return []
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== 'members-moved') throw error
      const moved = new Set(error.moved)
      const rest = batch.filter((_, index) => !moved.has(named[index] ?? ''))
      if (rest.length > 0 && rest.length < batch.length) {
        await this.#send(
          group,
          expectedEpoch,
          named.filter((user) => !moved.has(user)),
          rest,
        )
      }
      return named.filter((user) => moved.has(user))
    }
  }

  async #open(unlocked: UnlockedKey, group: string): Promise<GroupKey> {
    const pins = this.#pinsOf(unlocked, group)
    const shown = await this.#api.groupKey(group, pins.group?.epoch ?? 1)
    const opened = await openGroupKey({ unlocked, group, shown, known: await this.#known(unlocked), pins })
    this.#savePins(unlocked, group, opened.pins)
    return opened.key
  }

  /** Everybody's keys, from the whole log, which only ever grew since this browser saw it last (KEY-4). What was checked is not fetched again. */
  async #known(unlocked: UnlockedKey): Promise<KnownKeys> {
    const { organization } = unlocked.statement
    const before = this.#log?.organization === organization ? this.#log : null
    const entries = [...(before?.entries ?? [])]
    for (;;) {
      const page = await this.#api.keyLog(entries.length)
      if (page.length === 0) break
      entries.push(...page)
    }
    if (before?.entries.length === entries.length) return before.known
    const { head, ...known } = await verifyKeyLog(organization, entries, this.#pins.findLogHead(organization))
    if (head) this.#pins.saveLogHead(organization, head)
    this.#log = { organization, entries, known }
    return known
  }

  #pinsOf(unlocked: UnlockedKey, group: string): GroupPins {
    const identity = identityOf(unlocked)
    return { group: this.#pins.findGroup(identity, group), people: this.#pins.findPeople(identity) }
  }

  #savePins(unlocked: UnlockedKey, group: string, { group: pin, people }: GroupPins): void {
    const identity = identityOf(unlocked)
    if (pin) this.#pins.saveGroup(identity, group, pin)
    this.#pins.savePeople(identity, people)
  }
}

function identityOf({ statement: { organization, user } }: UnlockedKey): Identity {
  return { organization, user }
}
