import type Router from '@koa/router'
import type { GetUser, Locations, UserView } from '@latchkey/application'
import { type UserId, isId, userId } from '@latchkey/domain'
import { type Projection, etag, findAttribute, userType, wants } from '@latchkey/scim'
import type { Context } from 'koa'
import { type BodyLimits, readBody, userBody, userPatchBody } from '../middleware/read-body.ts'
import { respondWithText } from '../middleware/respond.ts'
import { callerOf } from '../middleware/state.ts'
import { notFound } from './refusals.ts'
import { isUnchanged, preconditionOf, projectionOf } from './request.ts'
import type { UserRequests } from './user-requests.ts'
import { userText } from './user-text.ts'

const groups = findAttribute(userType, { schema: null, name: 'groups', subName: null })!

/** `/Users` (RFC 7644 §3.3 to §3.6). */
export function userRoutes(router: Router, requests: UserRequests, getUser: GetUser, locations: Locations): void {
  const answer = (ctx: Context, status: number, view: UserView, projection: Projection) => {
    ctx.set('ETag', etag(view.record.version))
    respondWithText(ctx, status, userText(view, projection, locations))
  }

  const change = async (ctx: Context, ask: UserRequests['replace'], body: BodyLimits) => {
    const id = idOf(ctx)
    const projection = projectionOf(ctx, userType)
    const asked = { precondition: preconditionOf(ctx), wants: { groups: wants(projection, groups) } }
    answer(ctx, 200, await ask(callerOf(ctx), id, await readBody(ctx, body), asked), projection)
  }

  router.post('/Users', async (ctx) => {
    const projection = projectionOf(ctx, userType)
    const view = await requests.create(callerOf(ctx), await readBody(ctx, userBody))
    ctx.set('Location', locations.user(view.record.user.id))
    answer(ctx, 201, view, projection)
  })

  router.get('/Users/:id', async (ctx) => {
    const id = idOf(ctx)
    const projection = projectionOf(ctx, userType)
    const view = await getUser.execute(callerOf(ctx), id, { groups: wants(projection, groups) })
    if (!view) throw notFound('User')
    if (!isUnchanged(ctx, view.record.version)) return answer(ctx, 200, view, projection)
    ctx.set('ETag', etag(view.record.version))
    ctx.status = 304
  })

  router.put('/Users/:id', (ctx) => change(ctx, requests.replace, userBody))

  router.patch('/Users/:id', (ctx) => change(ctx, requests.modify, userPatchBody))

  router.delete('/Users/:id', async (ctx) => {
    await requests.delete(callerOf(ctx), idOf(ctx), preconditionOf(ctx))
    ctx.status = 204
  })
}

/** What is no id of ours names nobody. */
function idOf(ctx: Context): UserId {
  const { id } = ctx['params'] as { readonly id: string }
  if (!isId(id)) throw notFound('User')
  return userId(id)
}
