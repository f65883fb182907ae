import type Router from '@koa/router'
import type { Locations } from '@latchkey/application'
import {
  type JsonObject,
  ScimError,
  findResourceTypeResource,
  findSchemaResource,
  listResponse,
  resourceTypeResources,
  schemaResources,
  serviceProviderConfig,
} from '@latchkey/scim'
import type { Context } from 'koa'
import { respond } from '../middleware/respond.ts'
import { parametersOf } from './request.ts'

/** What this server offers (RFC 7644 §4). Nothing here is anybody's data. */
export function discoveryRoutes(router: Router, { base }: Locations): void {
  const answer = (ctx: Context, message: JsonObject | undefined) => {
    if (parametersOf(ctx)('filter') !== null) throw new ScimError(403, undefined, 'Discovery answers are not filtered; read them whole.')
    if (!message) throw new ScimError(404, undefined, 'There is nothing at this address.')
    respond(ctx, 200, message)
  }
  const all = (resources: readonly JsonObject[]) => listResponse({ resources, totalResults: resources.length, startIndex: 1 })

  router.get('/ServiceProviderConfig', (ctx) => answer(ctx, serviceProviderConfig(base)))
  router.get('/Schemas', (ctx) => answer(ctx, all(schemaResources(base))))
  router.get('/Schemas/:id', (ctx) => answer(ctx, findSchemaResource(ctx.params['id'] ?? '', base)))
  router.get('/ResourceTypes', (ctx) => answer(ctx, all(resourceTypeResources(base))))
  router.get('/ResourceTypes/:id', (ctx) => answer(ctx, findResourceTypeResource(ctx.params['id'] ?? '', base)))
}
