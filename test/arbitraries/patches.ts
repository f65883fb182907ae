import fc from 'fast-check'
import {
  type Attribute,
  type AttributeReference,
  type Json,
  type JsonObject,
  type ResourceType,
  attributeName,
  formatFilter,
  patchSchema,
} from '@latchkey/scim'
import { filtersOn, referencesOf } from './filters.ts'
import { similarTexts, valuesOf, valuesOfPart } from './scim-bodies.ts'

/** One operation of a PATCH in the spelling of RFC 7644: what it names exists, and its value mostly has the right type. */
export function patchOperationsOn(type: ResourceType): fc.Arbitrary<JsonObject> {
  const references = referencesOf(type)
  const writable = references.filter(({ attribute, subAttribute }) => isWritable(attribute) && isWritable(subAttribute))
  const elements = writable.filter(({ attribute }) => attribute.multiValued && attribute.type === 'complex')

  const whole = fc.constantFrom(...writable).chain((target) => operation(fc.constant(attributeName(target)), valuesFor(target)))
  const pathless = fc
    .constantFrom(...writable.filter(({ extension, subAttribute }) => extension === null && !subAttribute))
    .chain((target) =>
      fc.record({
        op: fc.constantFrom('add', 'replace'),
        value: valuesOf(target.attribute).map((value): Json => ({ [target.attribute.name]: value })),
      }),
    )
  const selected = fc.constantFrom(...elements).chain((target) => {
    const value = target.subAttribute ? valuesFor(target) : valuesOf({ ...target.attribute, multiValued: false })
    return operation(selections(type, target), value)
  })
  const mistaken = fc.constantFrom(...references).chain((target) => operation(fc.constant(attributeName(target)), anyJson))
  return fc.oneof(
    { weight: 4, arbitrary: whole },
    { weight: 2, arbitrary: pathless },
    { weight: 4, arbitrary: selected },
    { weight: 1, arbitrary: mistaken },
  )
}

/** The body of a PATCH. */
export function patchBodiesOn(type: ResourceType): fc.Arbitrary<JsonObject> {
  return fc
    .array(patchOperationsOn(type), { minLength: 1, maxLength: 6 })
    .map((operations) => ({ schemas: [patchSchema], Operations: operations }))
}

/** Not the empty text, which is no mistake in `manager.value`: it has a meaning of its own for whoever reads it tolerantly. */
const anyJson: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, [], {}, 1, true, 'text', [[]], [{}], { value: {} }),
  similarTexts.filter((text) => text !== ''),
)

function operation(path: fc.Arbitrary<string>, value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ op: fc.constantFrom('add', 'replace'), path, value }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('remove'), path }) },
  )
}

/** `emails[type eq "work"]`, with or without a sub-attribute behind it. */
function selections(type: ResourceType, { extension, attribute, subAttribute }: AttributeReference): fc.Arbitrary<string> {
  const byType = fc.constantFrom('work', 'home', 'Work').map((value) => `type eq "${value}"`)
  const byValue = similarTexts.map((value) => `${(attribute.subAttributes ?? [])[0]?.name} eq ${JSON.stringify(value)}`)
  const byAny = filtersOn(type)
    .filter(({ kind }) => kind === 'element')
    .map((filter) => (filter.kind === 'element' ? formatFilter(filter.filter) : ''))
  return fc
    .oneof(
      { weight: 4, arbitrary: byType },
      { weight: 2, arbitrary: byValue },
      { weight: 1, arbitrary: fc.constant('primary eq true') },
      { weight: 1, arbitrary: byAny },
    )
    .map(
      (filter) => `${attributeName({ extension, attribute, subAttribute: null })}[${filter}]${subAttribute ? `.${subAttribute.name}` : ''}`,
    )
}

function isWritable(attribute: Attribute | null): boolean {
  return attribute === null || (attribute.mutability === 'readWrite' && attribute.name !== 'schemas')
}

function valuesFor({ attribute, subAttribute }: AttributeReference): fc.Arbitrary<Json> {
  return subAttribute ? valuesOfPart(attribute, subAttribute) : valuesOf(attribute)
}
