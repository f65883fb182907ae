import type Router from '@koa/router'
import type { GrantGroupKey, GroupNotes, MakeGroupKey, ReadGroupKeys, RequestGroupKey } from '@latchkey/application'
import { type GroupId, groupId, isId } from '@latchkey/domain'
import type { Context } from 'koa'
import { bodyOf } from '../account/bodies.ts'
import { personOf } from '../account/guard.ts'
import { Problem } from '../account/problem.ts'
import { grantsBody, grantsLimits, groupNoteBody, newEpochBody, newEpochLimits } from './bodies.ts'
import { groupKeyProblem, noSuchGroup } from './refusals.ts'
import { memberView, ownGroupView, shownKeyView, waitingView } from './views.ts'

export interface GroupKeyUseCases {
  readonly readGroupKeys: ReadGroupKeys
  readonly makeGroupKey: MakeGroupKey
  readonly grantGroupKey: GrantGroupKey
  readonly requestGroupKey: RequestGroupKey
  readonly groupNotes: GroupNotes
}

const pageMax = 1_000

/** What a member's own page asks for about the keys of their groups. All of it stands behind a session. */
export function groupKeyRoutes(router: Router, useCases: GroupKeyUseCases): void {
  const { readGroupKeys, makeGroupKey, grantGroupKey, requestGroupKey, groupNotes } = useCases

  router.get('/groups', async (ctx) => {
    const groups = await readGroupKeys.list(personOf(ctx).person)
    if (!groups.ok) throw groupKeyProblem(groups.error)
    ctx.body = { groups: groups.value.map(ownGroupView) }
  })

  router.get('/grant-queue', async (ctx) => {
    const queue = await readGroupKeys.queue(personOf(ctx).person)
    if (!queue.ok) throw groupKeyProblem(queue.error)
    ctx.body = { waiting: queue.value.waiting.map(waitingView), automatic: queue.value.automatic }
  })

  router.get('/groups/:id', async (ctx) => {
    const group = await readGroupKeys.get(personOf(ctx).person, groupOf(ctx))
    if (!group.ok) throw groupKeyProblem(group.error)
    ctx.body = ownGroupView(group.value)
  })

  router.get('/groups/:id/members', async (ctx) => {
    const page = { which: whichOf(ctx), after: numberOf(ctx, 'after', 0), limit: Math.min(pageMax, numberOf(ctx, 'limit', 100)) }
    const members = await readGroupKeys.members(personOf(ctx).person, groupOf(ctx), page)
    if (!members.ok) throw groupKeyProblem(members.error)
    ctx.body = { members: members.value.map(memberView) }
  })

  router.get('/groups/:id/key', async (ctx) => {
    const shown = await readGroupKeys.key(personOf(ctx).person, groupOf(ctx), numberOf(ctx, 'from', 1))
    if (!shown.ok) throw groupKeyProblem(shown.error)
    ctx.body = shownKeyView(shown.value)
  })

  router.post('/groups/:id/epochs', async (ctx) => {
    const made = await makeGroupKey.execute(personOf(ctx).person, groupOf(ctx), await bodyOf(ctx, newEpochBody, newEpochLimits))
    if (!made.ok) throw groupKeyProblem(made.error)
    ctx.status = 201
    ctx.body = made.value
  })

  router.post('/groups/:id/grants', async (ctx) => {
    const granted = await grantGroupKey.execute(personOf(ctx).person, groupOf(ctx), await bodyOf(ctx, grantsBody, grantsLimits))
    if (!granted.ok) throw groupKeyProblem(granted.error)
    ctx.body = granted.value
  })

  router.post('/groups/:id/requests', async (ctx) => {
    const requested = await requestGroupKey.execute(personOf(ctx).person, groupOf(ctx))
    if (!requested.ok) throw groupKeyProblem(requested.error)
    ctx.status = 202
    ctx.body = {}
  })

  router.get('/groups/:id/note', async (ctx) => {
    const note = await groupNotes.read(personOf(ctx).person, groupOf(ctx))
    if (!note.ok) throw groupKeyProblem(note.error)
    ctx.body = { note: note.value }
  })

  router.put('/groups/:id/note', async (ctx) => {
    const saved = await groupNotes.save(personOf(ctx).person, groupOf(ctx), await bodyOf(ctx, groupNoteBody))
    if (!saved.ok) throw groupKeyProblem(saved.error)
    ctx.body = { version: saved.value }
  })
}

function groupOf(ctx: Context & { params: Record<string, string | undefined> }): GroupId {
  const id = ctx.params['id'] ?? ''
  if (!isId(id)) throw noSuchGroup()
  return groupId(id)
}

function numberOf(ctx: Context, name: string, preset: number): number {
  const given = ctx.query[name]
  if (given === undefined) return preset
  if (typeof given !== 'string' || !/^\d{1,15}$/.test(given)) throw new Problem(400, 'invalid-query', `${name} is a number.`)
  return Number(given)
}

function whichOf(ctx: Context): 'all' | 'holding' | 'waiting' {
  const given = ctx.query['which'] ?? 'all'
  if (given === 'all' || given === 'holding' || given === 'waiting') return given
  throw new Problem(400, 'invalid-query', 'which is all, holding or waiting.')
}
