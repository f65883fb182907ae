import type { KeyReset, MemberView, Members, RestoreUser } from '@latchkey/application'
import { groupId, retentionMs, userId } from '@latchkey/domain'
import { z } from 'zod'
import { Problem } from '../account/problem.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { problemFrom } from './refusals.ts'
import { cursorOf, grantedRole, id, instant, iso, nextCursor, nothing, page, positionOf, role, text, visible, withId } from './schemas.ts'

const status = z.enum(['pending-encryption-key', 'active', 'deactivated'])

const member = z.object({
  id,
  userName: z.string(),
  displayName: z.string().nullable(),
  address: z.string().nullable().describe('Where mails go.'),
  status: z.enum(['pending-encryption-key', 'active', 'deactivated', 'deleted']),
  managedBy: z.enum(['scim', 'local']),
  role: role.describe('The effective one: computed from a role of their own, their groups and the default.'),
  ownRole: role.nullable(),
  groups: z.array(z.object({ id, displayName: z.string() })),
  signedInOnce: z.boolean().describe('Whether a sign-in of the identity provider is linked.'),
  setUpMailQueued: z.boolean(),
  keyFingerprint: z.string().nullable(),
  keyResetAt: instant.nullable().describe('When a requested reset takes effect.'),
  pendingSince: instant.nullable().describe('Since when they wait for an encryption key.'),
  createdAt: instant,
  lastModifiedAt: instant,
})

export function memberEndpoints(members: Members, restoreUser: RestoreUser, keyReset: KeyReset): readonly Endpoint[] {
  const enabling = (word: 'deactivate' | 'reactivate'): Endpoint =>
    endpoint({
      method: 'post',
      path: `/members/{id}/${word}`,
      name: `${word}Member`,
      summary: `${word === 'deactivate' ? 'Deactivate' : 'Reactivate'} a local member`,
      least: 'admin',
      params: withId,
      query: nothing,
      body: null,
      answer: null,
      async handle(administrator, { params }) {
        const result = await members.enable(administrator, userId(params.id), word === 'reactivate')
        if (!result.ok) throw problemFrom(result.error)
        return null
      },
    })
  return [
    endpoint({
      method: 'get',
      path: '/members',
      name: 'listMembers',
      summary: 'Members in the order of their creation, looked for by text, status and group',
      least: 'auditor',
      params: nothing,
      query: z.object({ ...page, text, status: status.optional(), group: id.optional() }),
      body: null,
      answer: z.object({ total: z.int(), members: z.array(member), nextCursor }),
      async handle(administrator, { query }) {
        const wish = {
          text: query.text ?? null,
          status: query.status ?? null,
          group: query.group === undefined ? null : groupId(query.group),
        }
        const found = await members.list(administrator, wish, { after: positionOf(query.cursor), limit: query.limit })
        return { total: found.total, members: found.members.map(view), nextCursor: cursorOf(found.next) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/members/{id}',
      name: 'getMember',
      summary: 'One member',
      least: 'auditor',
      params: withId,
      query: nothing,
      body: null,
      answer: member,
      async handle(administrator, { params }) {
        const found = await members.get(administrator, userId(params.id))
        if (!found) throw new Problem(404, 'member-not-found', 'There is no such person.')
        return view(found)
      },
    }),
    endpoint({
      method: 'post',
      path: '/members',
      name: 'inviteMember',
      summary: 'Invite somebody whom no provider manages; the set-up mail leads to the sign-in page',
      least: 'admin',
      params: nothing,
      query: nothing,
      body: z.strictObject({
        userName: visible(320).describe('What single sign-on recognises them by.'),
        email: visible(254).nullable().default(null).describe('Null where the user name is the address.'),
        displayName: visible(200).nullable().default(null),
        role: grantedRole.nullable().default(null).describe('A role of their own; for owners to give.'),
      }),
      answer: member,
      status: 201,
      async handle(administrator, { body }) {
        const result = await members.invite(administrator, body)
        if (!result.ok) throw problemFrom(result.error)
        return view(result.value)
      },
    }),
    enabling('deactivate'),
    enabling('reactivate'),
    endpoint({
      method: 'put',
      path: '/members/{id}/role',
      name: 'changeMemberRole',
      summary: 'Give a role of their own, or null for none',
      least: 'owner',
      params: withId,
      query: nothing,
      body: z.strictObject({ role: grantedRole.nullable() }),
      answer: null,
      async handle(administrator, { params, body }) {
        const result = await members.changeRole(administrator, userId(params.id), body.role)
        if (!result.ok) throw problemFrom(result.error)
        return null
      },
    }),
    endpoint({
      method: 'post',
      path: '/members/{id}/unlink',
      name: 'unlinkMember',
      summary:
        'Take away the link to the identity provider and sign out everywhere; the person is told, and links anew at the next sign-in',
      least: 'admin',
      params: withId,
      query: nothing,
      body: null,
      answer: null,
      async handle(administrator, { params }) {
        const result = await members.unlink(administrator, userId(params.id))
        if (!result.ok) throw problemFrom(result.error)
        return null
      },
    }),
    endpoint({
      method: 'post',
      path: '/members/{id}/end-sessions',
      name: 'endMemberSessions',
      summary: 'Sign a member out everywhere',
      least: 'admin',
      params: withId,
      query: nothing,
      body: null,
      answer: null,
      async handle(administrator, { params }) {
        const result = await members.endSessions(administrator, userId(params.id))
        if (!result.ok) throw problemFrom(result.error)
        return null
      },
    }),
    endpoint({
      method: 'post',
      path: '/members/{id}/resend-set-up-mail',
      name: 'resendSetUpMail',
      summary: 'Send the set-up mail once more',
      least: 'admin',
      params: withId,
      query: nothing,
      body: null,
      answer: null,
      async handle(administrator, { params }) {
        const result = await members.resendSetUpMail(administrator, userId(params.id))
        if (!result.ok) throw problemFrom(result.error)
        return null
      },
    }),
    endpoint({
      method: 'post',
      path: '/members/{id}/key-reset',
      name: 'requestKeyReset',
      summary: 'Ask for a reset of an encryption key; it takes effect after a day, and the person and the owners are told',
      least: 'admin',
      params: withId,
      query: nothing,
      body: null,
      answer: z.object({ requestedAt: instant, effectiveAt: instant }),
      async handle(administrator, { params }) {
        const result = await keyReset.requestFor(administrator, userId(params.id))
        if (!result.ok) throw problemFrom(result.error)
        return { requestedAt: iso(result.value.requestedAt), effectiveAt: iso(result.value.effectiveAt) }
      },
    }),
    endpoint({
      method: 'delete',
      path: '/members/{id}/key-reset',
      name: 'cancelKeyReset',
      summary: 'Take a requested reset back',
      least: 'admin',
      params: withId,
      query: nothing,
      body: null,
      answer: null,
      async handle(administrator, { params }) {
        const result = await keyReset.cancelFor(administrator, userId(params.id))
        if (!result.ok) throw problemFrom(result.error)
        return null
      },
    }),
    endpoint({
      method: 'get',
      path: '/deleted-members',
      name: 'listDeletedMembers',
      summary: 'Who was deleted within 30 days, the latest first',
      least: 'admin',
      params: nothing,
      query: nothing,
      body: null,
      answer: z.object({ members: z.array(z.object({ id, userName: z.string(), deletedAt: instant, erasedAt: instant })) }),
      async handle(administrator) {
        const found = await restoreUser.candidates(administrator)
        const shown = found.map(({ record: { user }, deletedAt }) => {
          return { id: user.id, userName: user.userName, deletedAt: iso(deletedAt), erasedAt: iso(deletedAt + retentionMs) }
        })
        return { members: shown }
      },
    }),
    endpoint({
      method: 'post',
      path: '/deleted-members/{id}/restore',
      name: 'restoreMember',
      summary: 'Bring somebody back, deactivated, with the same id and key',
      least: 'owner',
      params: withId,
      query: nothing,
      body: null,
      answer: null,
      async handle(administrator, { params }) {
        const result = await restoreUser.execute(administrator, userId(params.id))
        if (!result.ok) throw problemFrom(result.error)
        return null
      },
    }),
  ]
}

function view({ user, status: now, role: effective, displayName, address, groups, pendingSince, createdAt, lastModifiedAt }: MemberView) {
  const key = user.encryptionKey
  return {
    id: user.id,
    userName: user.userName,
    displayName,
    address,
    status: now,
    managedBy: user.managedBy,
    role: effective,
    ownRole: user.role,
    groups: groups.map((group) => ({ ...group })),
    signedInOnce: user.identityLink !== null,
    setUpMailQueued: user.setUpMailQueued,
    keyFingerprint: key.state === 'registered' ? key.fingerprint : null,
    keyResetAt: iso(key.state === 'registered' ? (key.resetRequest?.effectiveAt ?? null) : null),
    pendingSince: iso(pendingSince),
    createdAt: iso(createdAt),
    lastModifiedAt: iso(lastModifiedAt),
  }
}
