import type Router from '@koa/router'
import {
  type ChangeGroup,
  type CreateGroup,
  type DeleteGroup,
  type GetGroup,
  type GroupView,
  type Locations,
  groupResource,
} from '@latchkey/application'
import { type GroupId, groupId, isId } from '@latchkey/domain'
import { type Projection, etag, findAttribute, groupType, project, readGroup, splitMemberOperations, wants } from '@latchkey/scim'
import type { Context } from 'koa'
import { groupBody, readBody } from '../middleware/read-body.ts'
import { respond } from '../middleware/respond.ts'
import { callerOf } from '../middleware/state.ts'
import { notFound, scimErrorFrom } from './refusals.ts'
import { asksForAttributes, isUnchanged, normaliserOf, patchSteps, preconditionOf, projectionOf } from './request.ts'

export interface GroupUseCases {
  readonly createGroup: CreateGroup
  readonly getGroup: GetGroup
  readonly changeGroup: ChangeGroup
  readonly deleteGroup: DeleteGroup
}

const members = findAttribute(groupType, { schema: null, name: 'members', subName: null })!

/** `/Groups` (RFC 7644 §3.3 to §3.6). */
export function groupRoutes(
  router: Router,
  { createGroup, getGroup, changeGroup, deleteGroup }: GroupUseCases,
  locations: Locations,
): void {
  const answer = (ctx: Context, status: number, view: GroupView, projection: Projection) => {
    ctx.set('ETag', etag(view.record.version))
    respond(ctx, status, project(groupType, projection, groupResource(view, locations)))
  }

  router.post('/Groups', async (ctx) => {
    const projection = projectionOf(ctx, groupType)
    const body = readGroup(normaliserOf(ctx).resource(groupType, await readBody(ctx, groupBody)))
    const result = await createGroup.execute(callerOf(ctx), body.resource, body.members ?? [], { members: wants(projection, members) })
    if (!result.ok) throw scimErrorFrom(result.error)
    ctx.set('Location', locations.group(result.value.record.group.id))
    answer(ctx, 201, result.value, projection)
  })

  router.get('/Groups/:id', async (ctx) => {
    const id = idOf(ctx)
    const projection = projectionOf(ctx, groupType)
    const view = await getGroup.execute(callerOf(ctx), id, { members: wants(projection, members) })
    if (!view) throw notFound('Group')
    if (!isUnchanged(ctx, view.record.version)) return answer(ctx, 200, view, projection)
    ctx.set('ETag', etag(view.record.version))
    ctx.status = 304
  })

  router.put('/Groups/:id', async (ctx) => {
    const id = idOf(ctx)
    const projection = projectionOf(ctx, groupType)
    const body = readGroup(normaliserOf(ctx).resource(groupType, await readBody(ctx, groupBody)))
    const result = await changeGroup.execute({
      caller: callerOf(ctx),
      id,
      steps: [{ names: 'resource', apply: () => body.resource }],
      members: body.members === null ? [] : [{ kind: 'replace-all', ids: body.members }],
      precondition: preconditionOf(ctx),
      wants: { members: wants(projection, members) },
    })
    if (!result.ok) throw scimErrorFrom(result.error)
    answer(ctx, 200, result.value, projection)
  })

  router.patch('/Groups/:id', async (ctx) => {
    const id = idOf(ctx)
    const projection = projectionOf(ctx, groupType)
    const operations = splitMemberOperations(normaliserOf(ctx).patch(groupType, await readBody(ctx, groupBody)))
    const hasAnswer = asksForAttributes(ctx)
    const result = await changeGroup.execute({
      caller: callerOf(ctx),
      id,
      steps: patchSteps(groupType, operations.others),
      members: operations.members,
      precondition: preconditionOf(ctx),
      wants: { members: hasAnswer && wants(projection, members) },
    })
    if (!result.ok) throw scimErrorFrom(result.error)
    // Entra wants 204, and members need not be read for it (P-12).
    if (hasAnswer) return answer(ctx, 200, result.value, projection)
    ctx.set('ETag', etag(result.value.record.version))
    ctx.status = 204
  })

  router.delete('/Groups/:id', async (ctx) => {
    const result = await deleteGroup.execute(callerOf(ctx), idOf(ctx), preconditionOf(ctx))
    if (!result.ok) throw scimErrorFrom(result.error)
    ctx.status = 204
  })
}

function idOf(ctx: Context): GroupId {
  const { id } = ctx['params'] as { readonly id: string }
  if (!isId(id)) throw notFound('Group')
  return groupId(id)
}
