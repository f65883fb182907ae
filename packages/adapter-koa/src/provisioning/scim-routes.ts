import Router, { type RouterContext, type RouterMiddleware } from '@koa/router'
import type { AuthenticateScimToken, AuthenticateSession, ListDirectory, Locations } from '@latchkey/application'
import { ScimError, groupType, resourceTypes, userType } from '@latchkey/scim'
import type { Next } from 'koa'
import type { ActivityBuffer } from '../activity/activity-buffer.ts'
import { recordActivity } from '../activity/record-activity.ts'
import { exact } from '../middleware/exact.ts'
import { authenticateScimToken } from '../middleware/authenticate-scim-token.ts'
import { limitFailures, limitOrganization } from '../middleware/rate-limits.ts'
import { bulkRoutes } from './bulk-routes.ts'
import { discoveryRoutes } from './discovery-routes.ts'
import { type GroupUseCases, groupRequests } from './group-requests.ts'
import { groupRoutes } from './group-routes.ts'
import { isPerson, meRoutes } from './me-routes.ts'
import { queryRoutes } from './query-routes.ts'
import { type UserUseCases, userRequests } from './user-requests.ts'
import { userRoutes } from './user-routes.ts'

export interface ProvisioningUseCases extends UserUseCases, GroupUseCases {
  readonly authenticateScimToken: AuthenticateScimToken
  readonly listDirectory: ListDirectory
}

/** The SCIM URL, and the path at which organisations that come from elsewhere already have it. */
export const scimPrefixes = ['/scim/v2', '/api/v1/scim'] as const

/**
 * The whole endpoint. Everything stands behind authentication, in this one line. A request of ours is found by how its path begins and meets only the routes of its
 * endpoint; the others are passed on.
 */
export function scimRoutes(
  useCases: ProvisioningUseCases,
  options: {
    readonly authenticateSession: AuthenticateSession
    readonly locations: Locations
    readonly requestsPerSecond: number
    readonly activity: ActivityBuffer
  },
): RouterMiddleware {
  const { locations, activity } = options
  const record = recordActivity(activity)
  const authenticate = authenticateScimToken(useCases.authenticateScimToken, limitFailures(), activity)
  const limit = limitOrganization(options.requestsPerSecond)
  const endpoints = scimPrefixes.map((prefix) => {
    const me = meRoutes(prefix, { ...options, getUser: useCases.getUser }).routes()
    const routes = endpointRoutes(prefix, useCases, { locations, activity })
    const answer = (ctx: RouterContext, next: Next) => record(ctx, () => authenticate(ctx, () => limit(ctx, () => routes(ctx, next))))
    return { prefix, answer: (ctx: RouterContext, next: Next) => (isPerson(ctx) ? me(ctx, () => answer(ctx, next)) : answer(ctx, next)) }
  })
  return (ctx, next) => {
    const endpoint = endpoints.find(({ prefix }) => isBelow(prefix, ctx.path))
    return endpoint ? endpoint.answer(ctx, next) : next()
  }
}

/** The path is null where the target of a request is no path. */
function isBelow(prefix: string, path: string | null): boolean {
  return path === prefix || (path?.startsWith(`${prefix}/`) ?? false)
}

/** A router goes through all of its routes for each request, so users and groups, of whom most requests are, have one each. */
function endpointRoutes(
  prefix: string,
  useCases: ProvisioningUseCases,
  { locations, activity }: { readonly locations: Locations; readonly activity: ActivityBuffer },
): RouterMiddleware {
  const users = userRequests(useCases)
  const groups = groupRequests(useCases)
  const { listDirectory, getUser, getGroup } = useCases
  const routesOf = (add: (router: Router) => void): RouterMiddleware => {
    const router = new Router({ prefix, ...exact })
    add(router)
    router.all('{/*rest}', refuseMethod)
    return router.routes()
  }
  const ofUsers = routesOf((router) => {
    queryRoutes(router, { endpoint: userType.endpoint, types: [userType] }, listDirectory, locations)
    userRoutes(router, users, getUser, locations)
  })
  const ofGroups = routesOf((router) => {
    queryRoutes(router, { endpoint: groupType.endpoint, types: [groupType] }, listDirectory, locations)
    groupRoutes(router, groups, getGroup, locations)
  })
  const others = routesOf((router) => {
    queryRoutes(router, { endpoint: '', types: resourceTypes }, listDirectory, locations)
    bulkRoutes(router, { users, groups }, locations, activity)
    discoveryRoutes(router, locations)
    router.all('/Me', () => {
      throw new ScimError(501, undefined, 'A SCIM token belongs to an organisation and to nobody, so there is no /Me for it.')
    })
  })
  const userPrefix = `${prefix}${userType.endpoint}`
  const groupPrefix = `${prefix}${groupType.endpoint}`
  return (ctx, next) => {
    const routes = isBelow(userPrefix, ctx.path) ? ofUsers : isBelow(groupPrefix, ctx.path) ? ofGroups : others
    return routes(ctx, next)
  }
}

/** What reaches the end was either no address of ours or no method of its address, which is then answered with those that are. */
function refuseMethod(ctx: RouterContext): never {
  const [first, ...others] = ctx.matched ?? []
  if (!first || others.length === 0) throw new ScimError(404, undefined, 'There is nothing at this address.')
  const layers = [first, ...others].filter(({ path }) => path === first.path)
  const allowed = layers.flatMap(({ methods }) => methods.filter((method) => method !== 'HEAD')).join(', ')
  ctx._matchedRoute = first.path
  ctx.set('Allow', allowed)
  throw new ScimError(405, undefined, `This address serves ${allowed}.`)
}
