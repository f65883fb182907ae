import { expect, test } from 'vitest'
import { isArray, isObject, type JsonObject } from '../json.ts'
import { limits } from '../limits.ts'
import { findResourceTypeResource, resourceTypeResources } from './resource-types.ts'
import { findSchemaResource, schemaResources } from './schemas.ts'
import { serviceProviderConfig } from './service-provider-config.ts'

const base = 'https://keys.example/scim/v2'
const characteristics = ['name', 'type', 'multiValued', 'description', 'required', 'caseExact', 'mutability', 'returned', 'uniqueness']

test('R-238, R-239: the configuration says of every feature whether it is there', () => {
  const config = serviceProviderConfig(base)
  expect(config['schemas']).toEqual(['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'])
  for (const feature of ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag']) {
    expect(config[feature]).toMatchObject({ supported: expect.any(Boolean) })
  }
  expect(config['authenticationSchemes']).toEqual([
    expect.objectContaining({ type: 'oauthbearertoken', name: expect.any(String), description: expect.any(String) }),
  ])
  expect(config['meta']).toEqual({ resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` })
})

test('R-241, R-272: every number that is advertised is the one that is enforced', () => {
  expect(serviceProviderConfig(base)).toMatchObject({
    bulk: { maxOperations: limits.bulkOperationsMax, maxPayloadSize: limits.bulkBytesMax },
    filter: { maxResults: limits.pageSizeMax },
    changePassword: { supported: false },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: limits.pageSizeDefault,
      maxPageSize: limits.pageSizeMax,
      cursorTimeout: limits.cursorTimeoutSeconds,
    },
  })
})

test('R-242, R-245: the schemas in use are listed, messages are not', () => {
  expect(schemaResources(base).map(({ id }) => id)).toEqual([
    'urn:ietf:params:scim:schemas:core:2.0:User',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    'urn:latchkey:scim:schemas:extension:account:1.0:User',
    'urn:ietf:params:scim:schemas:core:2.0:Group',
  ])
})

test('R-244: every attribute definition is complete', () => {
  const check = (attribute: unknown): void => {
    const { name, type, subAttributes, referenceTypes } = attribute as JsonObject
    expect(Object.keys(attribute as JsonObject), String(name)).toEqual(expect.arrayContaining(characteristics))
    expect(isArray(subAttributes), String(name)).toBe(type === 'complex')
    expect(isArray(referenceTypes), String(name)).toBe(type === 'reference')
    if (isArray(subAttributes)) subAttributes.forEach(check)
  }
  for (const { attributes } of schemaResources(base)) (attributes as readonly unknown[]).forEach(check)
})

test('X-1: no schema speaks of a password', () => {
  expect(JSON.stringify(schemaResources(base)).toLowerCase()).not.toContain('password')
})

test('R-243, R-248: a schema is found by its URN in any case, and every schema of a resource type is one', () => {
  for (const { schema, schemaExtensions } of resourceTypeResources(base)) {
    const extensions = isArray(schemaExtensions) ? schemaExtensions.filter(isObject).map((extension) => extension['schema']) : []
    for (const urn of [schema, ...extensions]) {
      expect(findSchemaResource(String(urn).toUpperCase(), base)).toMatchObject({ id: urn, meta: { location: `${base}/Schemas/${urn}` } })
    }
  }
  expect(findSchemaResource('urn:nosuch', base)).toBeUndefined()
  expect(findSchemaResource('__proto__', base)).toBeUndefined()
})

test('R-246, R-247: users and groups are the resource types, each found by its name', () => {
  expect(resourceTypeResources(base).map(({ name, endpoint }) => [name, endpoint])).toEqual([
    ['User', '/Users'],
    ['Group', '/Groups'],
  ])
  expect(findResourceTypeResource('user', base)).toMatchObject({
    id: 'User',
    schema: 'urn:ietf:params:scim:schemas:core:2.0:User',
    schemaExtensions: [
      { schema: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', required: false },
      { schema: 'urn:latchkey:scim:schemas:extension:account:1.0:User', required: false },
    ],
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/User` },
  })
  expect(findResourceTypeResource('Users', base)).toBeUndefined()
})
