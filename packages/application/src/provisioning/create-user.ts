import { type Result, isNameable, ok, provision, refuse, setUpMailIsDue, userId } from '@latchkey/domain'
import { type Resource, emptyResource } from '@latchkey/scim'
import type { SetUpMail } from '../delivery/set-up-mail.ts'
import type { Randomness } from '../ports/secrets.ts'
import { type Storage, type UniqueAttribute, UniqueNameTaken } from '../ports/storage.ts'
import type { UserRecord, UserView } from '../ports/user-store.ts'
import { managerIsUnknown } from './manager.ts'
import { recordChange } from './record-change.ts'
import type { ScimCaller } from './scim-caller.ts'
import { appendFor, glanceFor } from './storage-for-caller.ts'
import { changedAttributes, managerValue, userFacts } from './user-facts.ts'

export type CreateUserRefusal =
  | { readonly kind: 'not-entitled' }
  | { readonly kind: 'name-unusable'; readonly attribute: 'userName' }
  | { readonly kind: 'name-taken'; readonly attribute: UniqueAttribute }
  | { readonly kind: 'manager-unknown' }

export class CreateUser {
  readonly #storage: Storage
  readonly #randomness: Randomness
  readonly #setUpMail: SetUpMail

  constructor(ports: { storage: Storage; randomness: Randomness; setUpMail: SetUpMail }) {
    this.#storage = ports.storage
    this.#randomness = ports.randomness
    this.#setUpMail = ports.setUpMail
  }

  /** U1 to U3 of the user's lifecycle. The unique index decides whose name it is; nobody looks first (DAT-1). */
  async execute(caller: ScimCaller, resource: Resource): Promise<Result<UserView, CreateUserRefusal>> {
    const { attributes, ...names } = userFacts(resource, true)
    if (!isNameable(names.userName)) return refuse({ kind: 'name-unusable', attribute: 'userName' })
    const user = provision({ id: userId(this.#randomness.uuid()), ...names })
    try {
      type Inserted = Result<UserRecord, CreateUserRefusal>
      const record = await appendFor(this.#storage, caller, async (stores, admitted): Promise<Inserted> => {
        const { users, audit, activity, outbox } = stores
        if (!admitted.isEntitled) return refuse({ kind: 'not-entitled' })
        const mail = setUpMailIsDue(null, user) ? this.#setUpMail.compose(admitted.organization, user, attributes) : null
        if (await managerIsUnknown(caller, users, emptyResource, attributes, user.id)) return refuse({ kind: 'manager-unknown' })

        const inserted = await users.insert({ ...user, setUpMailQueued: mail !== null }, attributes)
        await recordChange(
          { audit, activity },
          caller,
          { kind: 'user-provisioned', user: user.id, active: names.active, attributes: changedAttributes(emptyResource, resource) },
          user.userName,
        )
        if (mail) await outbox.append(mail)
        return ok(inserted)
      })
      if (!record.ok) return record
      return ok(await this.#view(caller, record.value))
    } catch (error) {
      if (error instanceof UniqueNameTaken) return refuse({ kind: 'name-taken', attribute: error.attribute })
      throw error
    }
  }

  /** Who is new is in no group; only a manager has to be looked for. */
  async #view(caller: ScimCaller, record: UserRecord): Promise<UserView> {
    const { id } = record.user
    const around =
      managerValue(record.attributes) === null
        ? undefined
        : await glanceFor(this.#storage, caller, ({ users }) => users.get(id, { groups: false }))
    return around ?? { record, groups: [], manager: null }
  }
}
