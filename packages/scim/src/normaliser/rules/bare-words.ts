import { formatPatchPath } from '../../protocol/patch/parse-path.ts'
import type { Rule } from '../rule.ts'
import { tryParsePath } from '../walk.ts'

/** D-4. The same in filters is the parser's: a word without quotes is a part of the grammar there. */
export const bareWords: Rule = {
  name: 'bare-words',
  providers: ['Microsoft Entra ID', 'hand-written clients'],
  sends: 'Values without quotes, in filters and in paths: `externalId eq jyoung`, `members[value eq 2819c223]`.',
  reads: 'A string.',
  operation: (_type, operation) => {
    const parsed = operation.path?.includes('[') ? tryParsePath(operation.path, { bareWords: true }) : undefined
    return [parsed ? { ...operation, path: formatPatchPath(parsed) } : operation]
  },
}
