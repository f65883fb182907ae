import type { Rule } from '../rule.ts'

/** P-9. */
export const emailAlias: Rule = {
  name: 'email-alias',
  providers: ['PingOne', 'Okta'],
  sends: 'Filters on `email` and `email.value`: the name of their own field.',
  reads: '`emails` and `emails.value`, which ask the same.',
  alias: (type, path) => (type.name === 'User' && path.name.toLowerCase() === 'email' ? { ...path, name: 'emails' } : path),
}
