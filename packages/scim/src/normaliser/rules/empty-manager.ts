import { enterpriseUserSchema } from '../../schema/enterprise-user.ts'
import type { Rule } from '../rule.ts'

/** P-10. */
export const emptyManager: Rule = {
  name: 'empty-manager',
  providers: ['Microsoft Entra ID'],
  sends: '`manager` as `""` or `{"value": ""}`, also by the path `manager.value`.',
  reads: 'No manager.',
  value: ({ extension, attribute, subAttribute }, value) => {
    const isManagerId = extension === enterpriseUserSchema.id && attribute.name === 'manager' && subAttribute?.name === 'value'
    return isManagerId && value === '' ? null : value
  },
}
