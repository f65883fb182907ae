import { isArray } from '../../json.ts'
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
    const known = (urn: unknown) => typeof urn === 'string' && findExtension(type, urn) !== undefined
    const kept = Object.entries(body).find(([name]) => name.toLowerCase() === 'schemas')?.[1]
    const without = mapNames(body, (name, value) => (name.toLowerCase() === 'schemas' ? undefined : value))
    return Object.assign(without, { schemas: [type.schema.id, ...(isArray(kept) ? kept.filter(known) : [])] })
  },
  patch: (body) =>
    Object.assign(
      mapNames(body, (name, value) => (name.toLowerCase() === 'schemas' ? undefined : value)),
      { schemas: [patchSchema] },
    ),
}
