import Router from '@koa/router'
import type { AuthenticateScimToken, ListDirectory, Locations } from '@latchkey/application'
import { ScimError } from '@latchkey/scim'
import type { ActivityBuffer } from '../activity/activity-buffer.ts'
import { recordActivity } from '../activity/record-activity.ts'
import { authenticateScimToken } from '../middleware/authenticate-scim-token.ts'
import { limitFailures, limitOrganization } from '../middleware/rate-limits.ts'
import { bulkRoutes } from './bulk-routes.ts'
import { discoveryRoutes } from './discovery-routes.ts'
import { type GroupUseCases, groupRequests } from './group-requests.ts'
import { groupRoutes } from './group-routes.ts'
import { queryRoutes } from './query-routes.ts'
import { type UserUseCases, userRequests } from './user-requests.ts'
import { userRoutes } from './user-routes.ts'

export interface ProvisioningUseCases extends UserUseCases, GroupUseCases {
  readonly authenticateScimToken: AuthenticateScimToken
  readonly listDirectory: ListDirectory
}

/** The SCIM URL, and the path at which organisations that come from elsewhere already have it. */
export const scimPrefixes = ['/scim/v2', '/api/v1/scim'] as const

/** What each address serves, so that every other method is answered with it. */
const methods: Readonly<Record<string, string>> = {
  '/': 'GET',
  '/.search': 'POST',
  '/Users': 'GET, POST',
  '/Users/.search': 'POST',
  '/Users/:id': 'GET, PUT, PATCH, DELETE',
  '/Groups': 'GET, POST',
  '/Groups/.search': 'POST',
  '/Groups/:id': 'GET, PUT, PATCH, DELETE',
  '/Bulk': 'POST',
  '/ServiceProviderConfig': 'GET',
  '/Schemas': 'GET',
  '/Schemas/:id': 'GET',
  '/ResourceTypes': 'GET',
  '/ResourceTypes/:id': 'GET',
}

/** The whole endpoint. Everything stands behind authentication, in this one line. */
export function scimRoutes(
  useCases: ProvisioningUseCases,
  {
    locations,
    requestsPerSecond,
    activity,
  }: { readonly locations: Locations; readonly requestsPerSecond: number; readonly activity: ActivityBuffer },
): readonly Router[] {
  const authenticate = authenticateScimToken(useCases.authenticateScimToken, limitFailures(), activity)
  const limit = limitOrganization(requestsPerSecond)
  const users = userRequests(useCases)
  const groups = groupRequests(useCases)
  return scimPrefixes.map((prefix) => {
    const router = new Router({ prefix })
    router.use(recordActivity(activity), authenticate, limit)
    queryRoutes(router, useCases.listDirectory, locations)
    userRoutes(router, users, useCases.getUser, locations)
    groupRoutes(router, groups, useCases.getGroup, locations)
    bulkRoutes(router, { users, groups }, locations, activity)
    discoveryRoutes(router, locations)
    router.all('/Me', () => {
      throw new ScimError(501, undefined, 'A SCIM token belongs to an organisation and to nobody, so there is no /Me for it.')
    })
    for (const [path, allowed] of Object.entries(methods)) {
      router.all(path, (ctx) => {
        ctx.set('Allow', allowed)
        throw new ScimError(405, undefined, `This address serves ${allowed}.`)
      })
    }
    router.all('/{*rest}', () => {
      throw new ScimError(404, undefined, 'There is nothing at this address.')
    })
    return router
  })
}
