import type { GroupKeyRecords, Members, ReadRecords, RestoreGroup, RoleMappings } from '@latchkey/application'
import { type Group, groupId, membershipStatus, retentionMs } from '@latchkey/domain'
import { z } from 'zod'
import { Problem } from '../account/problem.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { problemFrom } from './refusals.ts'
import { cursorOf, grantedRole, id, instant, iso, nextCursor, nothing, page, positionOf, role, text, withId } from './schemas.ts'

const group = z.object({ id, displayName: z.string(), managedBy: z.enum(['scim', 'local']) })
const groupMember = z.object({
  id,
  userName: z.string(),
  displayName: z.string().nullable(),
  status: z.enum(['deactivated', 'pending-encryption-key', 'pending-key-grant', 'active']),
})
const mapping = z.strictObject({ role: grantedRole.nullable() })

export interface GroupUseCases {
  readonly readRecords: ReadRecords
  readonly members: Members
  readonly roleMappings: RoleMappings
  readonly groupKeyRecords: GroupKeyRecords
  readonly restoreGroup: RestoreGroup
}

/** Groups, who is in them, and which role each gives. */
export function groupEndpoints(useCases: GroupUseCases): readonly Endpoint[] {
  const { readRecords: records, members, roleMappings, groupKeyRecords, restoreGroup } = useCases
  return [
    endpoint({
      method: 'get',
      path: '/groups',
      name: 'listGroups',
      summary: 'Groups in the order of their creation, looked for by name',
      least: 'auditor',
      params: nothing,
      query: z.object({ ...page, text }),
      body: null,
      answer: z.object({ total: z.int(), groups: z.array(group), nextCursor }),
      async handle(administrator, { query }) {
        const found = await records.groups(administrator, query.text ?? null, { after: positionOf(query.cursor), limit: query.limit })
        return { total: found.total, groups: found.groups.map(view), nextCursor: cursorOf(found.next) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/groups/{id}',
      name: 'getGroup',
      summary: 'One group',
      least: 'auditor',
      params: withId,
      query: nothing,
      body: null,
      answer: group,
      async handle(administrator, { params }) {
        const found = await records.group(administrator, groupId(params.id))
        if (!found) throw new Problem(404, 'group-not-found', 'There is no such group.')
        return view(found)
      },
    }),
    endpoint({
      method: 'get',
      path: '/groups/{id}/members',
      name: 'listGroupMembers',
      summary: 'Who is in a group, in the order of their creation, and whether they are members to the full',
      least: 'auditor',
      params: withId,
      query: z.object({ ...page, text }),
      body: null,
      answer: z.object({ total: z.int(), members: z.array(groupMember), nextCursor }),
      async handle(administrator, { params, query }) {
        const of = groupId(params.id)
        if (!(await records.group(administrator, of))) throw new Problem(404, 'group-not-found', 'There is no such group.')
        const wish = { text: query.text ?? null, status: null, group: of }
        const found = await members.list(administrator, wish, { after: positionOf(query.cursor), limit: query.limit })
        const ids = found.members.map(({ user }) => user.id)
        const [summary, keyed] = await Promise.all([
          groupKeyRecords.summary(administrator, of),
          groupKeyRecords.members(administrator, of, ids),
        ])
        const byUser = new Map(keyed.map((member) => [member.user, member]))
        // Whoever left between the two questions is no member any more.
        const shown = found.members.flatMap(({ user, displayName }) => {
          const member = byUser.get(user.id)
          const status = member && membershipStatus(member, { isKeyed: summary !== undefined && summary.epoch !== null })
          return status ? [{ id: user.id, userName: user.userName, displayName, status }] : []
        })
        return { total: found.total, members: shown, nextCursor: cursorOf(found.next) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/deleted-groups',
      name: 'listDeletedGroups',
      summary: 'Groups that were deleted within 30 days, in the order of their deletion',
      least: 'admin',
      params: nothing,
      query: nothing,
      body: null,
      answer: z.object({ groups: z.array(z.object({ id, displayName: z.string(), deletedAt: instant, erasedAt: instant })) }),
      async handle(administrator) {
        const found = await restoreGroup.candidates(administrator)
        const shown = found.map(({ record, deletedAt }) => {
          const { id: deleted, displayName } = record.group
          return { id: deleted, displayName, deletedAt: iso(deletedAt), erasedAt: iso(deletedAt + retentionMs) }
        })
        return { groups: shown }
      },
    }),
    endpoint({
      method: 'post',
      path: '/deleted-groups/{id}/restore',
      name: 'restoreGroup',
      summary: 'Bring a group back with its key and nobody in it; whoever is put in again and held the key before holds it',
      least: 'owner',
      params: withId,
      query: nothing,
      body: null,
      answer: null,
      async handle(administrator, { params }) {
        const result = await restoreGroup.execute(administrator, groupId(params.id))
        if (!result.ok) throw problemFrom(result.error)
        return null
      },
    }),
    endpoint({
      method: 'get',
      path: '/role-mappings',
      name: 'listRoleMappings',
      summary: 'Which groups give which role',
      least: 'auditor',
      params: nothing,
      query: nothing,
      body: null,
      answer: z.object({ mappings: z.array(z.object({ group: id, role: grantedRole })) }),
      handle: async (administrator) => ({ mappings: [...(await roleMappings.list(administrator))] }),
    }),
    endpoint({
      method: 'put',
      path: '/groups/{id}/role',
      name: 'mapGroupToRole',
      summary: 'The role that a group gives to its members, or null for none; never above the role of whoever asks',
      least: 'admin',
      params: withId,
      query: nothing,
      body: mapping,
      answer: null,
      async handle(administrator, { params, body }) {
        const result = await roleMappings.save(administrator, groupId(params.id), body.role)
        if (!result.ok) throw problemFrom(result.error)
        return null
      },
    }),
    endpoint({
      method: 'post',
      path: '/groups/{id}/role/preview',
      name: 'previewGroupRole',
      summary: 'Who would have another role if the mapping were saved',
      least: 'auditor',
      params: withId,
      query: nothing,
      body: mapping,
      answer: z.object({
        total: z.int().describe('How many; the first hundred are told.'),
        changes: z.array(z.object({ user: id, userName: z.string(), before: role, after: role })),
      }),
      async handle(administrator, { params, body }) {
        const result = await roleMappings.preview(administrator, groupId(params.id), body.role)
        if (!result.ok) throw problemFrom(result.error)
        return { total: result.value.total, changes: [...result.value.changes] }
      },
    }),
  ]
}

function view({ id: group, displayName, managedBy }: Group) {
  return { id: group, displayName, managedBy }
}
