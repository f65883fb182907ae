import {
  type GroupId,
  type Instant,
  type Result,
  type Role,
  type User,
  type UserId,
  type UserStatus,
  deactivate,
  mayResendSetUpMail,
  ok,
  reactivate,
  refuse,
  setUpAddress,
  userStatus,
} from '@latchkey/domain'
import { type ResolvedFilter, accountSchema, userType } from '@latchkey/scim'
import type { SetUpMail } from '../delivery/set-up-mail.ts'
import type { Position } from '../ports/directory-store.ts'
import type { Storage, Stores } from '../ports/storage.ts'
import type { UserView } from '../ports/user-store.ts'
import { emailsOf } from '../provisioning/user-facts.ts'
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

export type ChangeMemberRefusal = 'member-not-found' | 'member-is-owner' | 'managed-by-scim' | 'owners-only'
export type ResendRefusal = 'member-not-found' | 'nothing-to-set-up' | 'no-address' | 'mail-switched-off'

export class Members {
  readonly #storage: Storage
  readonly #setUpMail: SetUpMail

  constructor(ports: { storage: Storage; setUpMail: SetUpMail }) {
    this.#storage = ports.storage
    this.#setUpMail = ports.setUpMail
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
      const members = views.map((view) => memberView(view, roles.get(view.record.user.id) ?? organization.settings.defaultRole))
      return { total, members, next }
    })
  }

  get({ organization }: Administrator, id: UserId): Promise<MemberView | undefined> {
    return this.#storage.read(organization.id, async (stores) => {
      const view = await stores.users.get(id, { groups: true })
      if (!view) return undefined
      const roles = await effectiveRoles(stores, organization, [view.record.user])
      return memberView(view, roles.get(id) ?? organization.settings.defaultRole)
    })
  }

  /** U7 and U8 for local members; whoever is provisioned is the provider's to change. */
  enable({ organization, actor }: Administrator, id: UserId, enabled: boolean): Promise<Result<void, ChangeMemberRefusal>> {
    return this.#storage.transaction(organization.id, async ({ users, sessions, audit }) => {
      const before = await users.lock(id)
      if (!before) return refuse('member-not-found')
      if (before.user.managedBy === 'scim') return refuse('managed-by-scim')
      const after = enabled ? reactivate(before.user) : deactivate(before.user)
      if (!after.ok) return refuse(after.error === 'owner' ? 'member-is-owner' : 'member-not-found')
      if (after.value === before.user) return ok(undefined)
      await users.save(before, after.value, before.attributes)
      // One write ends the access (LIF-1).
      if (!enabled) await sessions.end(id, 'all')
      const directory = enabled ? 'reactivated' : 'deactivated'
      const event = { kind: 'user-changed', user: id, directory, adopted: false, attributes: ['active'] } as const
      await audit.append(actor, event, { userName: before.user.userName })
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

function memberView({ record, groups }: UserView, role: Role): MemberView {
  const { user, attributes, createdAt, lastModifiedAt } = record
  const { displayName } = attributes
  return {
    user,
    status: userStatus(user),
    role,
    displayName: typeof displayName === 'string' ? displayName : null,
    address: setUpAddress(user.userName, emailsOf(attributes)),
    groups,
    createdAt,
    lastModifiedAt,
  }
}
