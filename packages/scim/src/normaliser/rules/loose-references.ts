import type { Rule } from '../rule.ts'

/** P-11. */
export const looseReferences: Rule = {
  name: 'loose-references',
  providers: ["Microsoft's SCIM validator", 'Okta'],
  sends: 'Any text, or none, for an attribute that is a URI: `profileUrl`, `photos.value`.',
  reads: 'The text, with the characters that no URI may hold percent-encoded; `""` is no value.',
  value: ({ attribute, subAttribute }, value) => {
    const leaf = subAttribute ?? attribute
    if (leaf.type !== 'reference' || typeof value !== 'string') return value
    return value === '' ? null : value.replace(/[\s<>"{}|\\^`\p{Cc}]/gu, encodeURIComponent)
  },
}
