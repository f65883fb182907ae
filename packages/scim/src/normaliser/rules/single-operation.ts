import { isObject } from '../../json.ts'
import type { Rule } from '../rule.ts'
import { mapNames } from '../walk.ts'

/** D-8. */
export const singleOperation: Rule = {
  name: 'single-operation',
  providers: ['hand-written clients'],
  sends: '`Operations` as one object.',
  reads: 'A list with that operation.',
  patch: (body) => mapNames(body, (name, value) => (name.toLowerCase() === 'operations' && isObject(value) ? [value] : value)),
}
