import {
  type Result,
  type User,
  type UserId,
  changeByProvisioning,
  isNameable,
  isOwner,
  isScimActive,
  ok,
  refuse,
  setUpMailIsDue,
} from '@latchkey/domain'
import { type Resource, ScimError, sameResource } from '@latchkey/scim'
import type { SetUpMail } from '../delivery/set-up-mail.ts'
import { type SeenStores, type Storage, UniqueNameTaken, type WriteStores } from '../ports/storage.ts'
import type { Surroundings, UserRecord, UserView } from '../ports/user-store.ts'
import type { Admitted } from './admission.ts'
import { type ChangeStep, applyAll, applyPossible, deactivates } from './change-step.ts'
import { managerIsUnknown } from './manager.ts'
import type { Precondition } from './precondition.ts'
import { recordChange } from './record-change.ts'
import type { ScimCaller } from './scim-caller.ts'
import { glanceFor, reviseFor } from './storage-for-caller.ts'
import { type UserFacts, changedAttributes, userFacts, withManagerOf, writableUser } from './user-facts.ts'

export type ChangeUserRefusal =
  | { readonly kind: 'user-not-found' }
  | { readonly kind: 'user-is-owner' }
  | { readonly kind: 'not-entitled' }
  | { readonly kind: 'version-moved' }
  | { readonly kind: 'name-unusable'; readonly attribute: 'userName' }
  | { readonly kind: 'name-taken'; readonly attribute: 'userName' | 'externalId' }
  | { readonly kind: 'manager-unknown'; readonly attribute: 'manager' }

export interface ChangedUser {
  readonly view: UserView
  /** What a deactivation went through without (tolerant mode only). */
  readonly dropped: readonly string[]
}

interface Change {
  readonly caller: ScimCaller
  readonly id: UserId
  readonly steps: readonly ChangeStep[]
  readonly precondition: Precondition
  readonly wants: { readonly groups: boolean }
}

interface Revised extends Pick<ChangedUser, 'dropped'> {
  /** Null where nothing was to be changed. What is around the user is told with the commit. */
  readonly after: { readonly record: UserRecord; readonly around: Promise<Surroundings | undefined> } | null
}

const nothingAround: Surroundings = { groups: [], manager: null }

/** What a deactivation goes through without: steps that break the protocol, and attributes whose new value is refused. */
interface Leniency {
  readonly steps: boolean
  readonly attributes: ReadonlySet<string>
}

/** PUT and PATCH: U2, U7, U8 and U10 of the user's lifecycle. */
export class ChangeUser {
  readonly #storage: Storage
  readonly #setUpMail: SetUpMail

  constructor(ports: { storage: Storage; setUpMail: SetUpMail }) {
    this.#storage = ports.storage
    this.#setUpMail = ports.setUpMail
  }

  /**
   * All steps or none. One exception: in tolerant mode, steps that validly set `active: false` commit the deactivation without whatever
   * beside it would be refused. Taking access away waits for nothing.
   */
  async execute(change: Change): Promise<Result<ChangedUser, ChangeUserRefusal>> {
    const mayBeLenient = change.caller.mode === 'tolerant' && deactivates(change.steps)
    let leniency: Leniency = { steps: false, attributes: new Set() }
    for (;;) {
      try {
        const result = await this.#attempt(change, leniency)
        if (result.ok || !mayBeLenient || !('attribute' in result.error)) return result
        leniency = { ...leniency, attributes: new Set([...leniency.attributes, result.error.attribute]) }
      } catch (error) {
        if (!(error instanceof ScimError) || !mayBeLenient || leniency.steps) throw error
        leniency = { ...leniency, steps: true }
      }
    }
  }

  async #attempt(change: Change, leniency: Leniency): Promise<Result<ChangedUser, ChangeUserRefusal>> {
    const { caller, id, precondition, wants } = change
    try {
      const see = ({ users }: SeenStores) => users.lock(id)
      const changed = await reviseFor(
        this.#storage,
        caller,
        see,
        async (stores, before, admitted): Promise<Result<Revised, ChangeUserRefusal>> => {
          if (!before) return refuse({ kind: 'user-not-found' })
          if (!precondition(before.version)) return refuse({ kind: 'version-moved' })
          if (isOwner(before.user)) {
            const refused = { kind: 'action-refused', action: 'change-user', reason: 'user-is-owner', user: id } as const
            await stores.audit.append({ kind: 'scim-token', id: caller.token }, refused)
            return refuse({ kind: 'user-is-owner' })
          }

          const { facts, dropped } = decide(change.steps, before, leniency)
          if (!isNameable(facts.userName)) return refuse({ kind: 'name-unusable', attribute: 'userName' })
          const user = changeByProvisioning(before.user, facts)
          if (!user.ok) return refuse({ kind: 'user-is-owner' })
          if (await managerIsUnknown(caller, stores.users, before.attributes, facts.attributes, id)) {
            return refuse({ kind: 'manager-unknown', attribute: 'manager' })
          }

          const attributes = sameResource(before.attributes, facts.attributes) ? before.attributes : facts.attributes
          const isChanged = user.value !== before.user || attributes !== before.attributes
          // No licence stands in the way of a deactivation, nor of what comes with it.
          if (isChanged && !admitted.isEntitled && isScimActive(user.value)) return refuse({ kind: 'not-entitled' })
          if (!isChanged) return ok({ after: null, dropped })
          const record = await this.#write(change, admitted, stores, before, { user: user.value, attributes, dropped })
          const around = stores.users.around(id, wants)
          around.catch(() => {})
          return ok({ after: { record, around }, dropped })
        },
      )
      if (!changed.ok) return changed
      const { after, dropped } = changed.value
      if (after) {
        const { groups, manager } = (await after.around) ?? nothingAround
        return ok({ view: { record: after.record, groups, manager }, dropped })
      }
      const view = await glanceFor(this.#storage, caller, ({ users }) => users.get(id, wants))
      return view ? ok({ view, dropped }) : refuse({ kind: 'user-not-found' })
    } catch (error) {
      if (error instanceof UniqueNameTaken && (error.attribute === 'userName' || error.attribute === 'externalId')) {
        return refuse({ kind: 'name-taken', attribute: error.attribute })
      }
      throw error
    }
  }

  async #write(
    { caller }: Change,
    { organization }: Admitted,
    stores: WriteStores,
    before: UserRecord,
    { user, attributes, dropped }: { readonly user: User; readonly attributes: Resource; readonly dropped: readonly string[] },
  ): Promise<UserRecord> {
    const mail = setUpMailIsDue(before.user, user) ? this.#setUpMail.compose(organization, user, attributes) : null
    const after = await stores.users.save(before, mail ? { ...user, setUpMailQueued: true } : user, attributes)
    // Deactivation ends every session with the same write (LIF-1): who signs in meanwhile waits for this row, and then finds it so.
    if (before.user.directory === 'enabled' && after.user.directory !== 'enabled') await stores.sessions.end(user.id, 'all')
    const reason = dropped.length > 0 ? `Went through without what would have been refused: ${dropped.join(', ')}.` : null
    await recordChange(stores, caller, userChanged(before, after), user.userName, reason)
    if (mail) await stores.outbox.append(mail)
    return after
  }
}

function decide(
  steps: readonly ChangeStep[],
  { user, attributes }: UserRecord,
  leniency: Leniency,
): { readonly facts: UserFacts; readonly dropped: readonly string[] } {
  const resource = writableUser(user, attributes)
  const active = user.directory === 'enabled'
  if (!leniency.steps && leniency.attributes.size === 0) return { facts: userFacts(applyAll(steps, resource), active), dropped: [] }

  const possible = applyPossible(steps, resource)
  const wished = userFacts(possible.resource, active)
  const facts = {
    ...wished,
    ...(leniency.attributes.has('userName') ? { userName: user.userName } : {}),
    ...(leniency.attributes.has('externalId') ? { externalId: user.externalId } : {}),
    ...(leniency.attributes.has('manager') ? { attributes: withManagerOf(wished.attributes, attributes) } : {}),
  }
  return { facts, dropped: [...possible.dropped, ...leniency.attributes] }
}

function userChanged(before: UserRecord, after: UserRecord) {
  const directories = `${before.user.directory} ${after.user.directory}`
  return {
    kind: 'user-changed',
    user: after.user.id,
    directory: directories === 'enabled deactivated' ? 'deactivated' : directories === 'deactivated enabled' ? 'reactivated' : 'unchanged',
    adopted: before.user.managedBy !== after.user.managedBy,
    attributes: changedAttributes(writableUser(before.user, before.attributes), writableUser(after.user, after.attributes)),
  } as const
}
