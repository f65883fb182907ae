import type { Rule } from '../rule.ts'

/** P-5. */
export const missingElementIsCreated: Rule = {
  name: 'missing-element-is-created',
  providers: ['Microsoft Entra ID'],
  sends: '`replace` or `add` on `emails[type eq "work"].value` of somebody without such an e-mail.',
  reads: "A new element with what the filter's `eq` terms say.",
  operation: (_type, operation) => [operation.path?.includes('[') ? { ...operation, whenNoTarget: 'create' } : operation],
}
