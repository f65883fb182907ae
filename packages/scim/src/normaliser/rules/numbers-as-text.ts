import type { Rule } from '../rule.ts'

export const numbersAsText: Rule = {
  name: 'numbers-as-text',
  providers: ['JumpCloud', 'SailPoint', 'hand-written clients'],
  sends: 'A number or a boolean for an attribute that is a string: `employeeNumber: 701984`.',
  reads: 'Its text.',
  value: ({ attribute, subAttribute }, value) => {
    const isText = (subAttribute ?? attribute).type === 'string'
    return isText && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value
  },
}
