import type { Json, JsonObject } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'
import { schemas } from '../schema/resource-types.ts'
import type { Schema } from '../schema/schema.ts'

/** Every schema in use, as resources (RFC 7643 §7). */
export function schemaResources(base: string): readonly JsonObject[] {
  return schemas.map((schema) => schemaResource(schema, base))
}

/** One of them by its URN, in any case. */
export function findSchemaResource(urn: string, base: string): JsonObject | undefined {
  const schema = schemas.find(({ id }) => id.toLowerCase() === urn.toLowerCase())
  return schema && schemaResource(schema, base)
}

function schemaResource({ id, name, description, attributes }: Schema, base: string): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    name,
    description,
    attributes: attributes.map(attributeResource),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  }
}

function attributeResource(attribute: Attribute): Json {
  const {
    name,
    type,
    multiValued,
    description,
    required,
    canonicalValues,
    caseExact,
    mutability,
    returned,
    uniqueness,
    referenceTypes,
    subAttributes,
  } = attribute
  return {
    name,
    type,
    multiValued,
    description,
    required,
    ...(canonicalValues ? { canonicalValues } : {}),
    caseExact,
    mutability,
    returned,
    uniqueness,
    ...(referenceTypes ? { referenceTypes } : {}),
    ...(subAttributes ? { subAttributes: subAttributes.map(attributeResource) } : {}),
  }
}
