import type { Administrator, GroupKeyRecords } from '@latchkey/application'
import { groupId } from '@latchkey/domain'
import { z } from 'zod'
import { Problem } from '../account/problem.ts'
import { keyView, memberView, waitingView } from '../group-keys/views.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { id, instant, nextCursor, nothing, numberedPage, withId } from './schemas.ts'

const key = z.object({
  state: z.enum(['unkeyed', 'keyed', 'rotation-due', 'orphaned']),
  epoch: z.int().nullable(),
  maker: id.nullable(),
  madeAt: instant.nullable(),
  holders: z.int().describe('How many can open the newest epoch at this moment.'),
  waiting: z.int().describe('How many are entitled to it and wait until somebody who holds it approves them.'),
  reasons: z
    .array(z.object({ userId: id, userName: z.string().nullable(), how: z.enum(['removed', 'deleted', 'returned']) }))
    .describe('Who held the newest epoch and left since, the first hundred.'),
})

const member = z.object({
  userId: id,
  userName: z.string(),
  displayName: z.string().nullable(),
  position: z.int(),
  since: instant,
  isEnabled: z.boolean(),
  key: z.object({ version: z.int(), fingerprint: z.string(), registeredAt: instant }).nullable(),
  grant: z
    .object({ issuer: id, approval: z.enum(['by-hand', 'automatic', 'carried-over']), at: instant, isBeforeReturn: z.boolean() })
    .nullable(),
  because: z.enum(['new', 'returned', 'reset', 'carried-over']).describe('Why somebody waits; it means nothing of others.'),
})

const grant = z.object({
  userId: id,
  fingerprint: z.string(),
  statement: z.string().describe('The canonical bytes that the issuer signed, base64url.'),
  signature: z.string(),
})

/** The keys of groups, as far as whoever administers may look: who can open them and who said so, and nothing that could be opened. */
export function groupKeyEndpoints({ groupKeyRecords }: { readonly groupKeyRecords: GroupKeyRecords }): readonly Endpoint[] {
  const assertGroup = async (administrator: Administrator, group: string) => {
    const summary = await groupKeyRecords.summary(administrator, groupId(group))
    if (!summary) throw new Problem(404, 'group-not-found', 'There is no such group.')
    return summary
  }
  return [
    endpoint({
      method: 'get',
      path: '/waiting-for-key',
      name: 'listWaitingForKey',
      summary: 'The first thousand who are entitled to the key of a group and cannot open it yet',
      least: 'auditor',
      params: nothing,
      query: nothing,
      body: null,
      answer: z.object({
        waiting: z.array(
          z.object({ group: z.object({ id, displayName: z.string() }), epoch: z.int(), member, since: instant, holders: z.int() }),
        ),
      }),
      async handle(administrator) {
        const waiting = await groupKeyRecords.waiting(administrator)
        return { waiting: waiting.map((one) => ({ ...waitingView(one), holders: one.holders })) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/groups/{id}/key',
      name: 'getGroupKey',
      summary: 'Whether a group has a key, who made it, how many can open it, and whether it is due to be replaced',
      least: 'auditor',
      params: withId,
      query: nothing,
      body: null,
      answer: key,
      async handle(administrator, { params }) {
        return keyView(await assertGroup(administrator, params.id))
      },
    }),
    endpoint({
      method: 'get',
      path: '/groups/{id}/key/members',
      name: 'listGroupKeyMembers',
      summary: 'Members as the group’s key sees them: who can open it, or who waits for it',
      least: 'auditor',
      params: withId,
      query: z.object({ ...numberedPage, which: z.enum(['all', 'holding', 'waiting']).default('all') }),
      body: null,
      answer: z.object({ members: z.array(member), nextCursor }),
      async handle(administrator, { params, query }) {
        await assertGroup(administrator, params.id)
        const page = { which: query.which, after: Number(query.cursor ?? 0), limit: query.limit }
        const members = await groupKeyRecords.page(administrator, groupId(params.id), page)
        return { members: members.map(memberView), nextCursor: cursorAfter(members, query.limit) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/groups/{id}/key/grants',
      name: 'listGroupKeyGrants',
      summary: 'The signed grants of everybody who can open a group’s key at this moment, without what was sealed',
      least: 'auditor',
      params: withId,
      query: z.object(numberedPage),
      body: null,
      answer: z.object({ grants: z.array(grant), nextCursor }),
      async handle(administrator, { params, query }) {
        await assertGroup(administrator, params.id)
        const page = { after: Number(query.cursor ?? 0), limit: query.limit }
        const grants = await groupKeyRecords.grants(administrator, groupId(params.id), page)
        const shown = grants.map(({ member: { user, key: present }, statement, signature }) => {
          return { userId: user, fingerprint: present?.fingerprint ?? '', statement, signature }
        })
        return {
          grants: shown,
          nextCursor: cursorAfter(
            grants.map((one) => one.member),
            query.limit,
          ),
        }
      },
    }),
  ]
}

function cursorAfter(members: readonly { readonly position: number }[], limit: number): string | null {
  return members.length < limit ? null : String(members.at(-1)?.position ?? 0)
}
