import {
  type GrantApproval,
  type GroupId,
  type Result,
  fromHexadecimal,
  holdsGroupKey,
  hourMs,
  isId,
  mayGrant,
  ok,
  refuse,
  toHexadecimal,
  userId,
} from '@latchkey/domain'
import type { Person } from '../account/person.ts'
import type { NewGrant, SealedGrant } from '../ports/group-key-store.ts'
import type { Storage, Stores } from '../ports/storage.ts'
import type { Verification } from '../ports/verification.ts'
import { type MemberRefusal, asMember } from './as-member.ts'
import type { MovedMembers } from './make-group-key.ts'
import { type Signer, signedGrant } from './signed-by-holder.ts'

/** As many as one request may bring. */
export const grantsPerRequestMax = 100

export type GrantGroupKeyRefusal =
  | MemberRefusal
  | 'epoch-moved'
  | 'not-a-holder'
  | 'statement-invalid'
  | 'automatic-switched-off'
  | 'automatic-cap-reached'
  | MovedMembers

/** What became of a batch. */
export interface GrantedBatch {
  readonly granted: number
  /** Those who had it already: two holders approved at once, and the first grant stands. */
  readonly held: number
}

const approvals: readonly GrantApproval[] = ['by-hand', 'automatic', 'carried-over']

/** A holder's browser gives the newest epoch to members whom its person approved. */
export class GrantGroupKey {
  readonly #storage: Storage
  readonly #verification: Verification

  constructor(ports: { storage: Storage; verification: Verification }) {
    this.#storage = ports.storage
    this.#verification = ports.verification
  }

  /** All or none: where somebody has moved since the browser looked, nothing is stored and the answer names them. */
  execute(
    person: Person,
    group: GroupId,
    { expectedEpoch, grants: sealed }: { readonly expectedEpoch: number; readonly grants: readonly SealedGrant[] },
  ): Promise<Result<GrantedBatch, GrantGroupKeyRefusal>> {
    return asMember<GrantedBatch, GrantGroupKeyRefusal>(this.#storage, person, { group, purpose: 'write' }, async (stores, present) => {
      const { groupKeys, audit } = stores
      const actor = { kind: 'person', id: person.user } as const
      const newest = await groupKeys.newest(group)
      if (newest?.number !== expectedEpoch) return refuse('epoch-moved')
      const epoch = { number: newest.number, hash: fromHexadecimal(newest.hash) }
      const refused = async (reason: Extract<GrantGroupKeyRefusal, string>) => {
        await audit.append(actor, { kind: 'group-key-refused', group, reason })
        return refuse(reason)
      }
      if (!holdsGroupKey(present.member)) return refused('not-a-holder')
      const grants = this.#grantsOf({ person, group, present }, epoch, sealed)
      if (!grants) return refused('statement-invalid')

      const recipients = grants.map(({ recipient }) => recipient)
      const members = new Map((await groupKeys.members(group, recipients)).map((member) => [member.user, member]))
      const judged = grants.map((grant) => ({ grant, may: mayGrant(members.get(grant.recipient), grant) }))
      const moved = judged.flatMap(({ grant, may }) => (may.ok ? [] : [{ user: grant.recipient, how: may.error }]))
      if (moved.length > 0) return refuse({ kind: 'members-moved', moved })
      const fresh = judged.flatMap(({ grant, may }) => (may.ok && may.value === 'grant' ? [grant] : []))
      const automatic = await automaticRefusal(stores, fresh)
      if (automatic) return refused(automatic)

      // Whoever leaves while this is stored is left out: they wait for nothing any more.
      const saved = new Set(await groupKeys.saveGrants(group, newest.number, fresh))
      for (const approval of approvals) {
        const users = fresh.filter((grant) => grant.approval === approval && saved.has(grant.recipient)).map(({ recipient }) => recipient)
        if (users.length > 0) await audit.append(actor, { kind: 'group-key-granted', group, epoch: newest.number, approval, users })
      }
      return ok({ granted: saved.size, held: grants.length - fresh.length })
    })
  }

  /** Undefined where one of them is not what it must be, or somebody is named twice. */
  #grantsOf(
    signer: Signer,
    epoch: { readonly number: number; readonly hash: Uint8Array },
    sealed: readonly SealedGrant[],
  ): readonly NewGrant[] | undefined {
    const grants = sealed.flatMap((one): readonly NewGrant[] => {
      const statement = signedGrant(this.#verification, signer, epoch, one)
      if (!statement || !isId(statement.recipient)) return []
      const fingerprint = toHexadecimal(statement.recipientFingerprint)
      const facts = { recipient: userId(statement.recipient), fingerprint, issuer: signer.person.user, approval: statement.approval }
      return [{ statement: one.statement, signature: one.signature, sealed: one.sealed, ...facts }]
    })
    const isWhole = grants.length === sealed.length && new Set(grants.map(({ recipient }) => recipient)).size === grants.length
    return isWhole ? grants : undefined
  }
}

/** Why the policy does not allow what was granted in its name. The organisation's row is held, so that two batches cannot share what is left of the hour. */
async function automaticRefusal(
  { organization, groupKeys, now }: Stores,
  grants: readonly NewGrant[],
): Promise<'automatic-switched-off' | 'automatic-cap-reached' | null> {
  const count = grants.filter(({ approval }) => approval === 'automatic').length
  if (count === 0) return null
  const { settings } = await organization.lock()
  if (!settings.automaticGranting) return 'automatic-switched-off'
  const before = await groupKeys.automaticSince(now - hourMs)
  return before + count > settings.automaticGrantsPerHour ? 'automatic-cap-reached' : null
}
