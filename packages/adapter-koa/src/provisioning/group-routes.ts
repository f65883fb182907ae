import type Router from '@koa/router'
import { type GetGroup, type GroupView, type Locations, groupResource } from '@latchkey/application'
import { type GroupId, groupId, isId } from '@latchkey/domain'
import { type Projection, etag, findAttribute, groupType, project, wants } from '@latchkey/scim'
import type { Context } from 'koa'
import { groupBody, readBody } from '../middleware/read-body.ts'
import { respond } from '../middleware/respond.ts'
import { callerOf } from '../middleware/state.ts'
import type { GroupRequests } from './group-requests.ts'
import { notFound } from './refusals.ts'
import { asksForAttributes, isUnchanged, preconditionOf, projectionOf } from './request.ts'

const members = findAttribute(groupType, { schema: null, name: 'members', subName: null })!

/** `/Groups` (RFC 7644 §3.3 to §3.6). */
export function groupRoutes(router: Router, requests: GroupRequests, getGroup: GetGroup, locations: Locations): void {
  const answer = (ctx: Context, status: number, view: GroupView, projection: Projection) => {
    ctx.set('ETag', etag(view.record.version))
    respond(ctx, status, project(groupType, projection, groupResource(view, locations)))
  }

  router.post('/Groups', async (ctx) => {
    const projection = projectionOf(ctx, groupType)
    const view = await requests.create(callerOf(ctx), await readBody(ctx, groupBody), { members: wants(projection, members) })
    ctx.set('Location', locations.group(view.record.group.id))
    answer(ctx, 201, view, projection)
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
    const body = await readBody(ctx, groupBody)
    const asked = { precondition: preconditionOf(ctx), wants: { members: wants(projection, members) } }
    answer(ctx, 200, await requests.replace(callerOf(ctx), id, body, asked), projection)
  })

  router.patch('/Groups/:id', async (ctx) => {
    const id = idOf(ctx)
    const projection = projectionOf(ctx, groupType)
    const hasAnswer = asksForAttributes(ctx)
    const body = await readBody(ctx, groupBody)
    const asked = { precondition: preconditionOf(ctx), wants: { members: hasAnswer && wants(projection, members) } }
    const view = await requests.modify(callerOf(ctx), id, body, asked)
    // Entra wants 204, and members need not be read for it (P-12).
    if (hasAnswer) return answer(ctx, 200, view, projection)
    ctx.set('ETag', etag(view.record.version))
    ctx.status = 204
  })

  router.delete('/Groups/:id', async (ctx) => {
    await requests.delete(callerOf(ctx), idOf(ctx), preconditionOf(ctx))
    ctx.status = 204
  })
}

function idOf(ctx: Context): GroupId {
  const { id } = ctx['params'] as { readonly id: string }
  if (!isId(id)) throw notFound('Group')
  return groupId(id)
}
