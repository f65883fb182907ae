import type { Rule } from '../rule.ts'

/** P-9. */
export const emailAlias: Rule = {
  name: 'email-alias',
  providers: ['PingOne', 'Okta'],
  sends: 'Filters on `email` and `email.value`: the name of their own field.',
  reads: '`emails.value`.',
  comparison: (type, filter) => {
    const { path } = filter
    const isAlias =
      type.name === 'User' && path.name.toLowerCase() === 'email' && (path.subName === null || path.subName.toLowerCase() === 'value')
    return isAlias ? { ...filter, path: { ...path, name: 'emails', subName: 'value' } } : filter
  },
}
