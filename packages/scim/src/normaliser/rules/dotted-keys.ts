import { isObject } from '../../json.ts'
import type { PatchOperation } from '../../protocol/patch/parse-patch.ts'
import { findExtension } from '../../schema/find-attribute.ts'
import type { ResourceType } from '../../schema/schema.ts'
import type { Rule } from '../rule.ts'
import { mapNames } from '../walk.ts'

const isPathLike = (key: string) => /[.:[]/.test(key)

/** P-2. */
export const dottedKeys: Rule = {
  name: 'dotted-keys',
  providers: ['Microsoft Entra ID (aadOptscim062020)'],
  sends:
    'An operation without a path whose value has paths for keys: `name.givenName`, `urn:…:User:department`, `emails[type eq "work"].value`.',
  reads: "One operation for each such key, with the key as its path. The resource's own schema, as a key or as a path, is no path.",
  operation: (type, operation) => {
    const whole = isCoreSchema(type, operation) ? { ...operation, path: null } : operation
    const { path, value } = whole
    if (path !== null || !isObject(value)) return [whole]
    const keys = Object.keys(value).filter((key) => isPathLike(key) && !findExtension(type, key))
    if (keys.length === 0) return [whole]
    const rest = mapNames(value, (key, inner) => (keys.includes(key) ? undefined : inner))
    const split = keys.map((key): PatchOperation => {
      const one = { ...whole, path: key, value: value[key] }
      return isCoreSchema(type, one) ? { ...one, path: null } : one
    })
    return Object.keys(rest).length === 0 ? split : [{ ...whole, value: rest }, ...split]
  },
}

function isCoreSchema(type: ResourceType, { op, path }: PatchOperation): boolean {
  return op !== 'remove' && path?.toLowerCase() === type.schema.id.toLowerCase()
}
