import {
  type EpochStatement,
  type GroupId,
  type Moved,
  type Result,
  type UserId,
  fromHexadecimal,
  holdsGroupKey,
  mayCarryOver,
  ok,
  refuse,
  toHexadecimal,
  userId,
} from '@latchkey/domain'
import { bytesOf } from '../account/bytes-of.ts'
import type { Person } from '../account/person.ts'
import type { SealedGrant, StoredEpoch } from '../ports/group-key-store.ts'
import type { Storage, Stores } from '../ports/storage.ts'
import type { Verification } from '../ports/verification.ts'
import { type MemberRefusal, asMember } from './as-member.ts'
import { type SignedEpoch, type Signer, signedEpoch, signedGrant } from './signed-by-holder.ts'

export interface NewGroupKey {
  /** The newest epoch that the browser knows of; 0 for none. */
  readonly expectedEpoch: number
  readonly epoch: SignedEpoch
  /** The maker's own. */
  readonly grant: SealedGrant
  /** The group's note, sealed to the new key, in the place of the version that the browser opened; null where there is none. */
  readonly note: { readonly sealed: string; readonly expectedVersion: number } | null
}

/** People of whom something has moved since the browser looked. */
export interface MovedMembers {
  readonly kind: 'members-moved'
  readonly moved: readonly { readonly user: UserId; readonly how: Moved }[]
}

export type MakeGroupKeyRefusal = MemberRefusal | 'epoch-moved' | 'note-moved' | 'not-a-holder' | 'statement-invalid' | MovedMembers

/** Takes back an epoch whose maker left the group while it was stored: nobody would hold it. */
class MakerLeft extends Error {}

/** The first epoch of a group's key by any member with a key, and every next one by somebody who holds the one before (invariant 28). */
export class MakeGroupKey {
  readonly #storage: Storage
  readonly #verification: Verification

  constructor(ports: { storage: Storage; verification: Verification }) {
    this.#storage = ports.storage
    this.#verification = ports.verification
  }

  /** Of two at once, one wins; the other is told that the epoch has moved. */
  async execute(person: Person, group: GroupId, wish: NewGroupKey): Promise<Result<{ readonly epoch: number }, MakeGroupKeyRefusal>> {
    try {
      return await this.#make(person, group, wish)
    } catch (error) {
      if (error instanceof MakerLeft) return refuse('group-not-found')
      throw error
    }
  }

  #make(person: Person, group: GroupId, wish: NewGroupKey): Promise<Result<{ readonly epoch: number }, MakeGroupKeyRefusal>> {
    return asMember<{ readonly epoch: number }, MakeGroupKeyRefusal>(
      this.#storage,
      person,
      { group, purpose: 'write' },
      async (stores, present) => {
        const { groupKeys, audit } = stores
        const actor = { kind: 'person', id: person.user } as const
        const newest = await groupKeys.newest(group)
        if ((newest?.number ?? 0) !== wish.expectedEpoch) return refuse('epoch-moved')
        const signer = { person, group, present }
        const epoch = this.#epochOf(signer, newest, wish)
        if (!epoch || (newest && !holdsGroupKey(present.member))) {
          const reason = epoch ? 'not-a-holder' : 'statement-invalid'
          await audit.append(actor, { kind: 'group-key-refused', group, reason })
          return refuse(reason)
        }
        const moved = await movedOf(stores, signer, wish.epoch, newest)
        if (moved.length > 0) return refuse({ kind: 'members-moved', moved })
        const note = await groupKeys.note(group)
        if ((note?.version ?? 0) !== (wish.note?.expectedVersion ?? 0)) return refuse('note-moved')

        const { statement, signature, roster } = wish.epoch
        const number = epoch.epoch
        const hash = toHexadecimal(this.#verification.sha256(bytesOf(statement)))
        await groupKeys.saveEpoch(group, { number, statement, signature, hash, maker: person.user }, roster)
        const own = { ...wish.grant, recipient: person.user, fingerprint: present.key.fingerprint, issuer: person.user }
        const saved = await groupKeys.saveGrants(group, number, [{ ...own, approval: 'by-hand' }])
        if (saved.length === 0) throw new MakerLeft()
        if (wish.note && note) await groupKeys.saveNote(group, { epoch: number, sealed: wish.note.sealed, version: note.version + 1 })
        await audit.append(actor, { kind: 'group-key-made', group, epoch: number, users: roster.map(({ user }) => user) })
        return ok({ epoch: number })
      },
    )
  }

  /** The statement, if it follows from the newest epoch, the maker is in its roster, and the maker's own grant is of it. */
  #epochOf(signer: Signer, newest: StoredEpoch | undefined, { epoch: signed, grant }: NewGroupKey): EpochStatement | undefined {
    const epoch = signedEpoch(this.#verification, signer, signed)
    if (!epoch || epoch.epoch !== (newest?.number ?? 0) + 1) return undefined
    if (newest && !this.#verification.areEqual(epoch.previousStatement ?? new Uint8Array(), fromHexadecimal(newest.hash))) return undefined
    const { person, present } = signer
    if (!signed.roster.some(({ user, fingerprint }) => user === person.user && fingerprint === present.key.fingerprint)) return undefined
    const hash = this.#verification.sha256(bytesOf(signed.statement))
    const own = signedGrant(this.#verification, signer, { number: epoch.epoch, hash }, grant)
    if (own?.recipient !== person.user || own.approval !== 'by-hand') return undefined
    return toHexadecimal(own.recipientFingerprint) === present.key.fingerprint ? epoch : undefined
  }
}

/** Those for whom the epoch may not be made: at most the asserted, enabled members who hold the one before are carried over, and nobody into the first. */
async function movedOf(
  { groupKeys }: Stores,
  { person, group }: Signer,
  { roster }: SignedEpoch,
  newest: StoredEpoch | undefined,
): Promise<MovedMembers['moved']> {
  const others = roster.filter(({ user }) => user !== person.user)
  const named = others.map(({ user }) => user)
  const members = new Map((await groupKeys.members(group, named)).map((member) => [member.user, member]))
  return others.flatMap(({ user, fingerprint }) => {
    const carried = newest ? mayCarryOver(members.get(user), fingerprint) : refuse<Moved>('not-approved')
    return carried.ok ? [] : [{ user: userId(user), how: carried.error }]
  })
}
