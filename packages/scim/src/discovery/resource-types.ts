import type { JsonObject } from '../json.ts'
import { resourceTypes } from '../schema/resource-types.ts'
import type { ResourceType } from '../schema/schema.ts'

/** Every resource type, as resources (RFC 7643 §6). */
export function resourceTypeResources(base: string): readonly JsonObject[] {
  return resourceTypes.map((type) => resourceTypeResource(type, base))
}

/** One of them by its name, in any case. */
export function findResourceTypeResource(name: string, base: string): JsonObject | undefined {
  const type = resourceTypes.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
  return type && resourceTypeResource(type, base)
}

function resourceTypeResource({ name, endpoint, description, schema, extensions }: ResourceType, base: string): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint,
    description,
    schema: schema.id,
    schemaExtensions: extensions.map((extension) => ({ schema: extension.schema.id, required: extension.required })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  }
}
