import { emptyObject, isArray, type Json, type JsonObject } from '../../json.ts'
import { patchSchema } from '../../protocol/patch/parse-patch.ts'
import { findExtension } from '../../schema/find-attribute.ts'
import type { Rule } from '../rule.ts'
import { mapNames } from '../walk.ts'

/** P-8. */
export const missingSchemas: Rule = {
  name: 'missing-schemas',
  providers: ['Microsoft Entra ID', 'JumpCloud', 'Okta'],
  sends: "No `schemas`, or URNs that are no schemas of the resource, such as Entra's `…/ADSCIM/2.0/Group`.",
  reads: 'The schemas that the resource or message must have; unknown URNs are dropped.',
  body: (type, body) => {
    const sent = Object.entries(body).find(([name]) => isSchemas(name))?.[1]
    const known = isArray(sent) ? sent.filter((urn) => typeof urn === 'string' && findExtension(type, urn) !== undefined) : []
    return withSchemas(body, [type.schema.id, ...known])
  },
  patch: (body) => withSchemas(body, [patchSchema]),
}

function withSchemas(body: JsonObject, schemas: readonly Json[]): JsonObject {
  if (hasExactly(body, schemas)) return body
  return Object.assign(
    emptyObject<Json>(),
    mapNames(body, (name, value) => (isSchemas(name) ? undefined : value)),
    { schemas },
  )
}

/** Most who send any send the right ones. */
function hasExactly(body: JsonObject, schemas: readonly Json[]): boolean {
  const { schemas: sent } = body
  if (!isArray(sent) || sent.length !== schemas.length || !sent.every((urn, index) => urn === schemas[index])) return false
  return Object.keys(body).every((name) => name === 'schemas' || !isSchemas(name))
}

function isSchemas(name: string): boolean {
  return name.length === 'schemas'.length && name.toLowerCase() === 'schemas'
}
