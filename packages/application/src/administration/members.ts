import {
  type GrantedRole,
  type GroupId,
  type Instant,
  type Result,
  type Role,
  type User,
  type UserId,
  type UserStatus,
  deactivate,
  isAddress,
  isNameable,
  mayResendSetUpMail,
  ok,
  reactivate,
  refuse,
  invite,
  setUpAddress,
  setUpMailIsDue,
  unlink,
  userId,
  userStatus,
} from '@latchkey/domain'
import { type ResolvedFilter, type Resource, accountSchema, emptyResource, userType } from '@latchkey/scim'
import type { AccountMail } from '../account/account-mail.ts'
import type { SetUpMail } from '../delivery/set-up-mail.ts'
import type { Position } from '../ports/directory-store.ts'
import type { Randomness } from '../ports/secrets.ts'
import { type ReadStores, type Storage, type Stores, UniqueNameTaken } from '../ports/storage.ts'
import type { UserView } from '../ports/user-store.ts'
import { changedAttributes, emailsOf } from '../provisioning/user-facts.ts'
import { type Administrator, may } from './administrator.ts'
import { directoryFilter } from './directory-filter.ts'
import { effectiveRoles } from './effective-roles.ts'

/** A person as administrators see them. */
export interface MemberView {
  readonly user: User
  readonly status: UserStatus
  readonly role: Role
  readonly displayName: string | null
  /** Where mails go; null where nothing is known. */
  readonly address: string | null
  readonly groups: UserView['groups']
  /** Since when they wait for an encryption key, from their creation or from a reset on; null for whoever does not. */
  readonly pendingSince: Instant | null
  readonly createdAt: Instant
  readonly lastModifiedAt: Instant
}

export interface MemberQuery {
  /** Part of a name or address, in any case of letters. */
  readonly text: string | null
  readonly status: Exclude<UserStatus, 'deleted'> | null
  readonly group: GroupId | null
}

export interface MemberPage {
  readonly total: number
  readonly members: readonly MemberView[]
  readonly next: Position | null
}

/** Whom an administrator invites. Without an `email` the user name is the address. */
export interface Invitation {
  readonly userName: string
  readonly email: string | null
  readonly displayName: string | null
  readonly role: GrantedRole | null
}

export type InviteRefusal = 'user-name-unusable' | 'user-name-taken' | 'address-invalid' | 'owners-only'
export type ChangeMemberRefusal = 'member-not-found' | 'member-is-owner' | 'managed-by-scim' | 'owners-only'
export type ResendRefusal = 'member-not-found' | 'nothing-to-set-up' | 'no-address' | 'mail-switched-off'

export class Members {
  readonly #storage: Storage
  readonly #randomness: Randomness
  readonly #setUpMail: SetUpMail
  readonly #mail: AccountMail

  constructor(ports: { storage: Storage; randomness: Randomness; setUpMail: SetUpMail; mail: AccountMail }) {
    this.#storage = ports.storage
    this.#randomness = ports.randomness
    this.#setUpMail = ports.setUpMail
    this.#mail = ports.mail
  }

  /** In the order of creation; the cost of a page follows the page. */
  list(
    { organization }: Administrator,
    query: MemberQuery,
    page: { readonly after: Position | null; readonly limit: number },
  ): Promise<MemberPage> {
    const filter = filterOf(query)
    return this.#storage.read(organization.id, async (stores) => {
      const { total, items, next } = await stores.directory.list({
        selections: [{ type: 'User', filter, sortBy: null }],
        descending: false,
        page: { kind: 'after', position: page.after, limit: page.limit },
        wants: { groups: true, members: false },
      })
      const views = items.flatMap((item) => (item.type === 'User' ? [item.view] : []))
      const roles = await effectiveRoles(
        stores,
        organization,
        views.map(({ record }) => record.user),
      )
      const resets = await lastResets(stores, views)
      const members = views.map((view) => memberView(view, roles.get(view.record.user.id) ?? organization.settings.defaultRole, resets))
      return { total, members, next }
    })
  }

  get({ organization }: Administrator, id: UserId): Promise<MemberView | undefined> {
    return this.#storage.read(organization.id, async (stores) => {
      const view = await stores.users.get(id, { groups: true })
      if (!view) return undefined
      const roles = await effectiveRoles(stores, organization, [view.record.user])
      return memberView(view, roles.get(id) ?? organization.settings.defaultRole, await lastResets(stores, [view]))
    })
  }

  /** U1 for a local member. The unique index decides whose name it is: whoever is deactivated keeps theirs, so no invitation brings them back (LIF, SSO-4). */
  async invite(administrator: Administrator, wish: Invitation): Promise<Result<MemberView, InviteRefusal>> {
    const { organization, actor } = administrator
    const email = wish.email ?? wish.userName
    if (!isNameable(wish.userName)) return refuse('user-name-unusable')
    if (!isAddress(email)) return refuse('address-invalid')
    const invited = invite({ id: userId(this.#randomness.uuid()), userName: wish.userName, role: wish.role })
    const attributes: Resource = {
      ...emptyResource,
      ...(wish.displayName === null ? {} : { displayName: wish.displayName }),
      emails: [{ value: email, type: 'work', primary: true }],
    }
    try {
      return await this.#storage.transaction(organization.id, async ({ organization: store, users, audit, outbox }) => {
        if (wish.role !== null && !may(administrator, 'owner')) {
          await audit.append(actor, { kind: 'action-refused', action: 'invite-member', reason: 'owners-only' })
          return refuse('owners-only')
        }
        const current = await store.get()
        const mail = this.#setUpMail.compose(current, invited, attributes)
        const record = await users.insert({ ...invited, setUpMailQueued: mail !== null }, attributes)
        const event = {
          kind: 'user-invited',
          user: invited.id,
          role: wish.role,
          attributes: changedAttributes(emptyResource, attributes),
        } as const
        await audit.append(actor, event, { userName: invited.userName })
        if (mail) await outbox.append(mail)
        return ok(memberView({ record, groups: [], manager: null }, wish.role ?? current.settings.defaultRole, new Map()))
      })
    } catch (error) {
      if (error instanceof UniqueNameTaken) return refuse('user-name-taken')
      throw error
    }
  }

  /** U4u: the key is untouched, and the next sign-in links anew. What was signed in by the link ends with it. */
  unlink({ organization, actor }: Administrator, id: UserId): Promise<Result<void, 'member-not-found'>> {
    return this.#storage.transaction(organization.id, async ({ users, sessions, audit, outbox, now }) => {
      const before = await users.lock(id)
      if (!before) return refuse('member-not-found')
      const { identityLink } = before.user
      if (identityLink === null) return ok(undefined)
      await users.saveLinkAndKey(before, unlink(before.user))
      await sessions.end(id, 'all')
      const event = { kind: 'identity-unlinked', user: id, connection: identityLink.connectionId } as const
      await audit.append(actor, event, { userName: before.user.userName })
      const mail = this.#mail.compose(organization, before, { kind: 'identity-unlinked' }, String(now))
      if (mail) await outbox.append(mail)
      return ok(undefined)
    })
  }

  /** U7 and U8 for local members; whoever is provisioned is the provider's to change. */
  enable({ organization, actor }: Administrator, id: UserId, enabled: boolean): Promise<Result<void, ChangeMemberRefusal>> {
    return this.#storage.transaction(organization.id, async (stores) => {
      const { users, sessions, audit, outbox } = stores
      const before = await users.lock(id)
      if (!before) return refuse('member-not-found')
      if (before.user.managedBy === 'scim') return refuse('managed-by-scim')
      const after = enabled ? reactivate(before.user) : deactivate(before.user)
      if (!after.ok) return refuse(after.error === 'owner' ? 'member-is-owner' : 'member-not-found')
      if (after.value === before.user) return ok(undefined)
      const mail = setUpMailIsDue(before.user, after.value)
        ? this.#setUpMail.compose(await stores.organization.get(), after.value, before.attributes)
        : null
      await users.save(before, mail ? { ...after.value, setUpMailQueued: true } : after.value, before.attributes)
      // One write ends the access (LIF-1).
      if (!enabled) await sessions.end(id, 'all')
      const directory = enabled ? 'reactivated' : 'deactivated'
      const event = { kind: 'user-changed', user: id, directory, adopted: false, attributes: ['active'] } as const
      await audit.append(actor, event, { userName: before.user.userName })
      if (mail) await outbox.append(mail)
      return ok(undefined)
    })
  }

  /** A role of the person's own, beside what groups give; null is none. Owners are made by owner links, and only owners make administrators. */
  changeRole(
    { organization, actor, role: by }: Administrator,
    id: UserId,
    role: Exclude<Role, 'owner'> | null,
  ): Promise<Result<void, ChangeMemberRefusal>> {
    return this.#storage.transaction(organization.id, async ({ users, audit }) => {
      if (!may({ role: by }, 'owner')) {
        await audit.append(actor, { kind: 'action-refused', action: 'change-role', reason: 'owners-only' })
        return refuse('owners-only')
      }
      const before = await users.lock(id)
      if (!before) return refuse('member-not-found')
      if (before.user.role === 'owner') return refuse('member-is-owner')
      if (before.user.role === role) return ok(undefined)
      await users.saveRole(before, role)
      await audit.append(actor, { kind: 'role-changed', user: id, role }, { userName: before.user.userName })
      return ok(undefined)
    })
  }

  endSessions({ organization, actor }: Administrator, id: UserId): Promise<Result<void, 'member-not-found'>> {
    return this.#storage.transaction(organization.id, async ({ users, sessions, audit }) => {
      if (!(await users.lock(id))) return refuse('member-not-found')
      const ended = await sessions.end(id, 'all')
      if (ended.length > 0) await audit.append(actor, { kind: 'sessions-ended', user: id, sessions: ended })
      return ok(undefined)
    })
  }

  /** U13: one more mail, within the caps that count for every mail (MAI-3). */
  resendSetUpMail({ organization, actor }: Administrator, id: UserId): Promise<Result<void, ResendRefusal>> {
    return this.#storage.transaction(organization.id, async (stores: Stores) => {
      const before = await stores.users.lock(id)
      if (!before) return refuse('member-not-found')
      if (!mayResendSetUpMail(before.user)) return refuse('nothing-to-set-up')
      const current = await stores.organization.get()
      if (!current.settings.setUpMail) return refuse('mail-switched-off')
      const mail = this.#setUpMail.compose(current, before.user, before.attributes)
      if (!mail) return refuse('no-address')
      // Another key, or the first mail's would stand for it.
      const key = `${mail.key}.${stores.now}`
      await stores.outbox.append({ ...mail, key, messageId: mail.messageId.replace(mail.key, key) })
      await stores.audit.append(actor, { kind: 'set-up-mail-resent', user: id })
      return ok(undefined)
    })
  }
}

function filterOf({ text, status, group }: MemberQuery): ResolvedFilter | null {
  const literal = text === null ? '' : JSON.stringify(text)
  const terms = [
    ...(text === null ? [] : [`(userName co ${literal} or displayName co ${literal} or emails.value co ${literal})`]),
    ...(status === null ? [] : [`${accountSchema.id}:status eq "${status}"`]),
    ...(group === null ? [] : [`groups.value eq "${group}"`]),
  ]
  return directoryFilter(userType, terms)
}

/** Only whoever had a key before has one that was retired. */
function lastResets({ keys }: Pick<ReadStores, 'keys'>, views: readonly UserView[]): Promise<ReadonlyMap<UserId, Instant>> {
  const waiting = views.flatMap(({ record: { user } }) =>
    user.encryptionKey.state === 'none' && user.encryptionKey.lastVersion > 0 ? [user.id] : [],
  )
  return keys.lastRetired(waiting)
}

function memberView({ record, groups }: UserView, role: Role, resets: ReadonlyMap<UserId, Instant>): MemberView {
  const { user, attributes, createdAt, lastModifiedAt } = record
  const { displayName } = attributes
  const status = userStatus(user)
  return {
    user,
    status,
    role,
    displayName: typeof displayName === 'string' ? displayName : null,
    address: setUpAddress(user.userName, emailsOf(attributes)),
    groups,
    pendingSince: status === 'pending-encryption-key' ? (resets.get(user.id) ?? createdAt) : null,
    createdAt,
    lastModifiedAt,
  }
}
