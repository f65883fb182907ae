import { isObject, type JsonObject } from '../../json.ts'
import { findAttribute, findExtension } from '../../schema/find-attribute.ts'
import type { ResourceType } from '../../schema/schema.ts'
import type { Rule } from '../rule.ts'
import { mapNames } from '../walk.ts'

export const readOnlyAttributes: Rule = {
  name: 'read-only-attributes',
  providers: ['Okta', 'authentik'],
  sends: 'An operation without a path whose value also has what only the server writes: `{"id": "…", "displayName": "…"}`.',
  reads: 'Without it, as in POST and PUT (RFC 7644 §3.3). A path to a read-only attribute is still refused.',
  operation: (type, operation) => {
    const { path, value } = operation
    const extension = path === null ? undefined : findExtension(type, path)
    if (!isObject(value) || (path !== null && !extension)) return [operation]
    return [{ ...operation, value: writable(type, extension?.id ?? null, value) }]
  },
}

function writable(type: ResourceType, schema: string | null, value: JsonObject): JsonObject {
  return mapNames(value, (name, inner) => {
    const extension = schema === null ? findExtension(type, name) : undefined
    if (extension && isObject(inner)) return writable(type, extension.id, inner)
    return findAttribute(type, { schema, name, subName: null })?.attribute.mutability === 'readOnly' ? undefined : inner
  })
}
