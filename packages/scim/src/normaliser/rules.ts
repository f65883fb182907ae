import type { Rule } from './rule.ts'
import { bareWords } from './rules/bare-words.ts'
import { booleanStrings } from './rules/boolean-strings.ts'
import { dottedKeys } from './rules/dotted-keys.ts'
import { emailAlias } from './rules/email-alias.ts'
import { emptyManager } from './rules/empty-manager.ts'
import { looseReferences } from './rules/loose-references.ts'
import { missingElementIsCreated } from './rules/missing-element-is-created.ts'
import { missingSchemas } from './rules/missing-schemas.ts'
import { numbersAsText } from './rules/numbers-as-text.ts'
import { plainValues } from './rules/plain-values.ts'
import { readOnlyAttributes } from './rules/read-only-attributes.ts'
import { singleOperation } from './rules/single-operation.ts'
import { unknownAttributes } from './rules/unknown-attributes.ts'
import { valuesRemovedByList } from './rules/values-removed-by-list.ts'

/** Every rule, in the order in which they are applied: shapes first, then what is unknown, then values. */
export const rules: readonly Rule[] = [
  missingSchemas,
  singleOperation,
  dottedKeys,
  bareWords,
  plainValues,
  unknownAttributes,
  readOnlyAttributes,
  valuesRemovedByList,
  missingElementIsCreated,
  emptyManager,
  booleanStrings,
  numbersAsText,
  looseReferences,
  emailAlias,
]
