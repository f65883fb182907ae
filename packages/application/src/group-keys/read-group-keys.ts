import { type GroupId, type Result, hourMs, ok, refuse } from '@latchkey/domain'
import { type Person, asPerson } from '../account/person.ts'
import type { EvidentEpoch, GroupKeyMember, GroupKeySummary, SealedGrant, Waiting } from '../ports/group-key-store.ts'
import type { Storage } from '../ports/storage.ts'
import { type MemberRefusal, asMember } from './as-member.ts'

/** A group as its member sees it. */
export interface OwnGroup {
  readonly summary: GroupKeySummary
  readonly own: GroupKeyMember
}

/** What a browser opens a group's key from. */
export interface ShownGroupKey {
  readonly epochs: readonly EvidentEpoch[]
  readonly grant: SealedGrant
}

/** Who waits for keys that the person holds, and what the organisation lets an open page grant by itself. */
export interface GrantQueue {
  readonly waiting: readonly Waiting[]
  readonly automatic: {
    readonly isOn: boolean
    /** How many more grants the policy allows at this moment. */
    readonly left: number
  }
}

/** So many are shown of the queue at once; whoever has granted asks for the next. */
export const queueMax = 1_000

export class ReadGroupKeys {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** The person's groups, in the order of their names. */
  list(person: Person): Promise<Result<readonly OwnGroup[], 'not-signed-in'>> {
    return asPerson(this.#storage, person, async ({ memberships, groupKeys }) => {
      const groups = await Promise.all(
        (await memberships.groupsOf(person.user)).map(async (group) => {
          const [summary, [own]] = await Promise.all([groupKeys.summary(group), groupKeys.members(group, [person.user])])
          return summary && own ? [{ summary, own }] : []
        }),
      )
      return ok(groups.flat().sort((a, b) => a.summary.group.displayName.localeCompare(b.summary.group.displayName, 'en')))
    })
  }

  get(person: Person, group: GroupId): Promise<Result<OwnGroup, MemberRefusal>> {
    return asMember(this.#storage, person, { group, purpose: 'read' }, async ({ groupKeys }, { member: own }) => {
      const summary = await groupKeys.summary(group)
      return summary ? ok({ summary, own }) : refuse('group-not-found')
    })
  }

  members(
    person: Person,
    group: GroupId,
    page: { readonly which: 'all' | 'holding' | 'waiting'; readonly after: number; readonly limit: number },
  ): Promise<Result<readonly GroupKeyMember[], MemberRefusal>> {
    return asMember(this.#storage, person, { group, purpose: 'read' }, async ({ groupKeys }) => ok(await groupKeys.page(group, page)))
  }

  /** Every epoch from a number on, and the person's own grant: to a holder alone (invariants 24, 27, 30). */
  key(person: Person, group: GroupId, from: number): Promise<Result<ShownGroupKey, MemberRefusal | 'not-a-holder'>> {
    return asMember<ShownGroupKey, 'not-a-holder'>(this.#storage, person, { group, purpose: 'read' }, async ({ groupKeys }) => {
      const [grant, epochs] = await Promise.all([groupKeys.sealedGrant(group, person.user), groupKeys.evidence(group, from)])
      return grant ? ok({ epochs, grant }) : refuse('not-a-holder')
    })
  }

  queue(person: Person): Promise<Result<GrantQueue, 'not-signed-in' | 'not-unlocked'>> {
    return asPerson<GrantQueue, 'not-unlocked'>(this.#storage, person, async ({ organization, groupKeys, now }, { session }) => {
      if (session.unlockedAt === null) return refuse('not-unlocked')
      const waiting = await groupKeys.waitingFor(person.user, queueMax)
      const { automaticGranting: isOn, automaticGrantsPerHour: perHour } = (await organization.get()).settings
      const left = isOn ? Math.max(0, perHour - (await groupKeys.automaticSince(now - hourMs))) : 0
      return ok({ waiting, automatic: { isOn, left } })
    })
  }
}
