import fc from 'fast-check'
import {
  type Attribute,
  type AttributePath,
  type AttributeReference,
  type ComparisonOperator,
  type ComparisonValue,
  type Filter,
  type ResourceType,
  attributeName,
  commonAttributes,
} from '@latchkey/scim'
import { similarTexts, userNames } from './scim-bodies.ts'

/** What is in the directory that is filtered, so that filters find something. */
export interface Known {
  readonly ids: readonly string[]
  readonly addresses: readonly string[]
  /** ISO 8601. */
  readonly dates: readonly string[]
}

export const nothingKnown: Known = { ids: [], addresses: [], dates: [] }

/** Every attribute of a resource type, and every sub-attribute. */
export function referencesOf(type: ResourceType): readonly AttributeReference[] {
  const scopes = [
    { extension: null, attributes: [...commonAttributes, ...type.schema.attributes] },
    ...type.extensions.map(({ schema }) => ({ extension: schema.id, attributes: schema.attributes })),
  ]
  return scopes.flatMap(({ extension, attributes }) =>
    attributes.flatMap((attribute): readonly AttributeReference[] => [
      { extension, attribute, subAttribute: null },
      ...(attribute.subAttributes ?? []).map((subAttribute) => ({ extension, attribute, subAttribute })),
    ]),
  )
}

/** What `sortBy` may name: whatever has a value, by itself or in its `value`. */
export function sortableNames(type: ResourceType): readonly string[] {
  return referencesOf(type).filter(hasValue).map(attributeName)
}

/** Filters on any attributes of a resource type, with values of their types; names in any case, with a URN or without one. */
export function filtersOn(type: ResourceType, known: Known = nothingKnown): fc.Arbitrary<Filter> {
  const references = referencesOf(type)
  const lists = references.filter(
    ({ attribute, subAttribute }) => subAttribute === null && attribute.multiValued && attribute.type === 'complex',
  )
  const coreUrn = type.schema.id
  const path = (reference: AttributeReference) => pathsTo(reference, coreUrn)

  const present = fc.constantFrom(...references).chain((reference) => path(reference).map((to): Filter => ({ kind: 'present', path: to })))
  const comparison = fc
    .constantFrom(...references.filter(hasValue))
    .chain((reference) => comparisons(path(reference), leafOf(reference), known))
  const element = fc
    .constantFrom(...lists)
    .chain((reference) =>
      fc.record({ kind: fc.constant('element'), path: path(reference), filter: combined(elementTests(reference.attribute, known), 2) }),
    )
  return combined(fc.oneof({ weight: 1, arbitrary: present }, { weight: 4, arbitrary: comparison }, { weight: 2, arbitrary: element }), 3)
}

/** Tests on the sub-attributes of one element. */
function elementTests({ subAttributes = [] }: Attribute, known: Known): fc.Arbitrary<Filter> {
  return fc.constantFrom(...subAttributes).chain((leaf) => {
    const path = casings(leaf.name).map((name): AttributePath => ({ schema: null, name, subName: null, position: 0 }))
    return fc.oneof(
      { weight: 1, arbitrary: path.map((to): Filter => ({ kind: 'present', path: to })) },
      { weight: 3, arbitrary: comparisons(path, leaf, known) },
    )
  })
}

/** `and`, `or` and `not` over tests, nested to a depth. */
function combined(tests: fc.Arbitrary<Filter>, depth: number): fc.Arbitrary<Filter> {
  if (depth === 0) return tests
  const inner = combined(tests, depth - 1)
  return fc.oneof(
    { weight: 4, arbitrary: tests },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('and', 'or'), filters: fc.array(inner, { minLength: 2, maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('not'), filter: inner }) },
  )
}

function comparisons(path: fc.Arbitrary<AttributePath>, leaf: Attribute, known: Known): fc.Arbitrary<Filter> {
  const comparing = (operators: readonly ComparisonOperator[], value: fc.Arbitrary<ComparisonValue>): fc.Arbitrary<Filter> =>
    fc.record({ kind: fc.constant('comparison'), path, operator: fc.constantFrom(...operators), value })
  const withValue = comparing(operatorsFor(leaf), valueFor(leaf, known))
  return fc.oneof({ weight: 9, arbitrary: withValue }, { weight: 1, arbitrary: comparing(['eq', 'ne'], fc.constant(null)) })
}

function operatorsFor({ type }: Attribute): readonly ComparisonOperator[] {
  switch (type) {
    case 'boolean':
      return ['eq', 'ne']
    case 'binary':
      return ['eq', 'ne', 'co', 'sw', 'ew']
    case 'integer':
    case 'decimal':
    case 'dateTime':
      return ['eq', 'ne', 'gt', 'ge', 'lt', 'le']
    case 'string':
    case 'reference':
    case 'complex':
      return ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']
  }
}

function valueFor({ type }: Attribute, known: Known): fc.Arbitrary<string | number | boolean> {
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer' || type === 'decimal') return fc.nat()
  if (type === 'dateTime') return fc.constantFrom('2026-01-05T09:00:00Z', '2099-12-31T23:59:59.999+14:00', ...known.dates)
  const pieces = [...known.ids, ...known.addresses, 'W/"1"', 'W/"2"', 'User', 'direct', 'urn:', 'pending-encryption-key', 'active']
  return fc.oneof(
    { weight: 3, arbitrary: similarTexts },
    { weight: 2, arbitrary: userNames },
    { weight: 2, arbitrary: fc.constantFrom(...pieces) },
    // Pieces of texts, so that `co`, `sw` and `ew` find some.
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...pieces), fc.nat(8), fc.nat(8)).map(([text, from, length]) =>
        Array.from(text)
          .slice(from, from + length)
          .join(''),
      ),
    },
  )
}

function pathsTo({ extension, attribute, subAttribute }: AttributeReference, coreUrn: string): fc.Arbitrary<AttributePath> {
  const isCommon = commonAttributes.includes(attribute)
  const withoutUrn = { weight: isCommon ? 19 : 3, arbitrary: fc.constant(null) }
  const urn = extension === null ? fc.oneof(withoutUrn, { weight: 1, arbitrary: fc.constant(coreUrn) }) : fc.constant(extension)
  return fc.record({
    schema: urn,
    name: casings(attribute.name),
    subName: subAttribute ? casings(subAttribute.name) : fc.constant(null),
    position: fc.constant(0),
  })
}

function casings(name: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(name) },
    { weight: 1, arbitrary: fc.constantFrom(name.toLowerCase(), name.toUpperCase()) },
  )
}

function hasValue({ attribute, subAttribute }: AttributeReference): boolean {
  const leaf = subAttribute ?? attribute
  return leaf.type !== 'complex' || (leaf.subAttributes ?? []).some(({ name }) => name === 'value')
}

/** What is compared where an attribute is: its `value` where it is complex. */
function leafOf({ attribute, subAttribute }: AttributeReference): Attribute {
  return subAttribute ?? attribute.subAttributes?.find(({ name }) => name === 'value') ?? attribute
}
