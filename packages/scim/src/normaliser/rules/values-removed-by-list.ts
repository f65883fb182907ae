import { isArray, isObject, type Json } from '../../json.ts'
import { memberIds } from '../../protocol/patch/member-operations.ts'
import type { PatchOperation } from '../../protocol/patch/parse-patch.ts'
import { namesFolded } from '../../protocol/patch/parse-patch.ts'
import { findExtension } from '../../schema/find-attribute.ts'
import { invalid } from '../../schema/read-value.ts'
import type { Rule } from '../rule.ts'
import { targetOf } from '../walk.ts'

/** P-6, D-16. */
export const valuesRemovedByList: Rule = {
  name: 'values-removed-by-list',
  providers: ['Microsoft Entra ID', 'JumpCloud'],
  sends: '`remove` with a path such as `members` and a list in `value`.',
  reads:
    'The removal of those values and no others: a list that is there, were it empty, never clears the attribute. Of an extension, likewise, the named attributes.',
  operation: (type, operation) => {
    const { op, path, value } = operation
    if (op !== 'remove' || path === null || value === undefined || value === null) return [operation]
    const extension = findExtension(type, path)
    if (extension)
      return attributesNamedBy(value, path).map((name) => ({ ...operation, path: `${extension.id}:${name}`, value: undefined }))
    const target = targetOf(type, path)
    if (!target) return [operation]
    const { attribute, subAttribute } = target.reference
    // With a filter, or for one value, the path says all; what it was need not be told.
    if (target.path.filter || subAttribute || !attribute.multiValued) return [{ ...operation, value: undefined }]
    if (attribute.name === 'members')
      return [{ ...operation, path: null, value: { members: memberIds(value).map((id) => ({ value: id })) } }]
    return (isArray(value) ? value : [value]).map((element): PatchOperation => {
      return { ...operation, path: `${path}[${selection(element, path)}]`, value: undefined }
    })
  },
}

function attributesNamedBy(value: Json, path: string): readonly string[] {
  if (!isObject(value)) throw invalid(path, 'can only be removed in part by an object that names attributes.')
  return Object.keys(value)
}

function selection(element: Json, path: string): string {
  const { value, type } = isObject(element) ? namesFolded(element) : { value: element, type: undefined }
  if (typeof value !== 'string') throw invalid(path, 'can only be removed by a list of objects with a value.')
  return `value eq ${JSON.stringify(value)}${typeof type === 'string' ? ` and type eq ${JSON.stringify(type)}` : ''}`
}
