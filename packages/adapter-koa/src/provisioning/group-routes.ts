import type Router from '@koa/router'
import { type GetGroup, type GroupRecord, type GroupView, type Locations, groupResource } from '@latchkey/application'
import { type GroupId, groupId, isId } from '@latchkey/domain'
import { type Projection, elementProjection, etag, findAttribute, groupType, project, wants } from '@latchkey/scim'
import type { Context } from 'koa'
import { groupBody, readBody } from '../middleware/read-body.ts'
import { respond } from '../middleware/respond.ts'
import { callerOf } from '../middleware/state.ts'
import type { GroupRequests } from './group-requests.ts'
import { groupText, groupTextInPieces } from './group-text.ts'
import { notFound } from './refusals.ts'
import { asksForAttributes, isUnchanged, preconditionOf, projectionOf } from './request.ts'
import { respondInPieces } from './respond-in-pieces.ts'

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
    const caller = callerOf(ctx)
    const projection = projectionOf(ctx, groupType)
    const isRead = wants(projection, members)
    const found = isRead ? await getGroup.text(caller, id, locations) : await getGroup.execute(caller, id, { members: false })
    if (!found) throw notFound('Group')
    const { record } = found
    if (isUnchanged(ctx, record.version)) {
      ctx.set('ETag', etag(record.version))
      ctx.status = 304
      return
    }
    const said = (of: GroupRecord) => project(groupType, projection, groupResource({ record: of, members: null }, locations))
    const shown = elementProjection(groupType, projection, 'members')
    if (!isRead || typeof found.members === 'string') {
      ctx.status = 200
      ctx.set({ ETag: etag(record.version), 'Content-Type': 'application/scim+json' })
      ctx.body = groupText(said(record), typeof found.members === 'string' ? shown(found.members) : '')
      return
    }
    const answered = await getGroup.inPortions(caller, id, locations, async (now, portions) => {
      await respondInPieces(ctx, { ETag: etag(now.version) }, groupTextInPieces(said(now), portions, shown))
      return true
    })
    if (!answered) throw notFound('Group')
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
