import { isObject } from '../../json.ts'
import type { PatchOperation } from '../../protocol/patch/parse-patch.ts'
import { findExtension } from '../../schema/find-attribute.ts'
import type { Rule } from '../rule.ts'
import { mapNames } from '../walk.ts'

const isPathLike = (key: string) => /[.:[]/.test(key)

/** P-2. */
export const dottedKeys: Rule = {
  name: 'dotted-keys',
  providers: ['Microsoft Entra ID (aadOptscim062020)'],
  sends:
    'An operation without a path whose value has paths for keys: `name.givenName`, `urn:…:User:department`, `emails[type eq "work"].value`.',
  reads: 'One operation for each such key, with the key as its path.',
  operation: (type, operation) => {
    const { path, value } = operation
    if (path !== null || !isObject(value)) return [operation]
    const keys = Object.keys(value).filter((key) => isPathLike(key) && !findExtension(type, key))
    if (keys.length === 0) return [operation]
    const rest = mapNames(value, (key, inner) => (keys.includes(key) ? undefined : inner))
    const split = keys.map((key): PatchOperation => ({ ...operation, path: key, value: value[key] }))
    return Object.keys(rest).length === 0 ? split : [{ ...operation, value: rest }, ...split]
  },
}
