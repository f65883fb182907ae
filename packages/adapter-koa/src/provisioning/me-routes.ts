import Router from '@koa/router'
import { type AuthenticateSession, type GetUser, type Locations, userResource } from '@latchkey/application'
import { ScimError, etag, project, userType } from '@latchkey/scim'
import type { Context } from 'koa'
import { sessionCookie } from '../account/session-cookie.ts'
import { exact } from '../middleware/exact.ts'
import { respond } from '../middleware/respond.ts'
import { isUnchanged, projectionOf } from './request.ts'

/** Whether a request comes from somebody's own pages. A SCIM token belongs to an organisation and to nobody, so whoever carries one is no person. */
export function isPerson(ctx: Context): boolean {
  return !ctx.headers.authorization && sessionCookie(ctx) !== undefined
}

/** `/Me` for a person signed in to their own pages (RFC 7644 §3.11): their resource, to read. Every other request goes on. */
export function meRoutes(
  prefix: string,
  { authenticateSession, getUser, locations }: { authenticateSession: AuthenticateSession; getUser: GetUser; locations: Locations },
): Router {
  const router = new Router({ prefix, ...exact })
  router.get('/Me', async (ctx, next) => {
    const token = sessionCookie(ctx)
    if (token === undefined) return next()
    const person = await authenticateSession.execute(token, ctx.ip)
    const projection = projectionOf(ctx, userType)
    const view = person.ok ? await getUser.execute({ ...person.value, admission: null }, person.value.user, { groups: true }) : undefined
    if (!view || view.record.user.directory !== 'enabled') throw new ScimError(401, undefined, 'Sign in to go on.')
    ctx.set('Content-Location', locations.user(view.record.user.id))
    ctx.set('Location', locations.user(view.record.user.id))
    ctx.set('Cache-Control', 'no-store')
    ctx.set('ETag', etag(view.record.version))
    if (isUnchanged(ctx, view.record.version)) ctx.status = 304
    else respond(ctx, 200, project(userType, projection, userResource(view, locations)))
  })
  return router
}
