import { isObject } from '../../json.ts'
import { enterpriseUserSchema } from '../../schema/enterprise-user.ts'
import type { Rule } from '../rule.ts'
import { targetOf } from '../walk.ts'

/** P-10. */
export const emptyManager: Rule = {
  name: 'empty-manager',
  providers: ['Microsoft Entra ID'],
  sends: '`manager` as `""` or `{"value": ""}`, also by the path `manager.value`.',
  reads: 'No manager.',
  value: ({ extension, attribute, subAttribute }, value) => {
    const isManager = extension === enterpriseUserSchema.id && attribute.name === 'manager' && subAttribute === null
    return isManager && isObject(value) && (value['value'] === '' || value['value'] === null) ? null : value
  },
  operation: (type, operation) => {
    if (operation.path === null || operation.value !== '') return [operation]
    const target = targetOf(type, operation.path)?.reference
    const isManagerValue =
      target?.extension === enterpriseUserSchema.id && target.attribute.name === 'manager' && target.subAttribute?.name !== 'displayName'
    return [isManagerValue ? { ...operation, op: 'remove', path: `${enterpriseUserSchema.id}:manager`, value: undefined } : operation]
  },
}
