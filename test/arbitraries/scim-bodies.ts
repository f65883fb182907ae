import fc from 'fast-check'
import {
  type Attribute,
  type Json,
  type JsonObject,
  type Resource,
  enterpriseUserSchema,
  isObject,
  readResource,
  userSchema,
  userType,
} from '@latchkey/scim'
import { loginNames, names, texts } from './names.ts'

/** Texts that meet each other often: in one case and another, as parts of one another, with what LIKE and JSON would misread. */
export const similarTexts = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'a',
      'A',
      'ab',
      'aB',
      'Straße',
      'STRASSE',
      'work',
      'Work',
      'home',
      '%',
      '_b',
      '\\',
      "a'b",
      '"',
      'ﬀ',
      '😀',
      '\uffee',
      'true',
      'null',
      '2026',
    ),
  },
  { weight: 1, arbitrary: texts },
)

const addresses = fc.oneof(
  loginNames,
  fc.constantFrom('ada@example.com', 'ADA@EXAMPLE.COM', 'grace@example.com', 'ada@münchen.example', 'ada@xn--mnchen-3ya.example'),
)
const uris = fc.constantFrom('https://example.com/ada', 'https://example.com/Ada', 'urn:example:ada', 'https://münchen.example/%C3%A4')

/** Where any text would do and some mean more. An empty manager is nobody to Entra, and therefore to whoever reads it tolerantly. */
const valuesOfTheirOwn: Readonly<Record<string, Record<string, fc.Arbitrary<Json>>>> = {
  emails: { value: addresses },
  manager: { value: similarTexts.filter((text) => text !== '') },
}

/** A value of an attribute, as a provider that keeps to the schema sends it. */
export function valuesOf(attribute: Attribute): fc.Arbitrary<Json> {
  if (!attribute.multiValued) return oneOf(attribute)
  return fc.array(oneOf(attribute), { maxLength: 3 }).map(withOnePrimary)
}

/** A value of a part of an attribute. */
export function valuesOfPart({ name }: Attribute, part: Attribute): fc.Arbitrary<Json> {
  return valuesOfTheirOwn[name]?.[part.name] ?? valuesOf(part)
}

function oneOf({ name, type, subAttributes }: Attribute): fc.Arbitrary<Json> {
  switch (type) {
    case 'complex':
      return objects({ ...valuesByName(subAttributes ?? []), ...valuesOfTheirOwn[name] })
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'decimal':
      return fc.nat()
    case 'dateTime':
      return fc.constantFrom('2026-01-05T09:00:00Z', '2026-01-05T10:00:00.001+01:00')
    case 'reference':
      return uris
    case 'binary':
      return fc.base64String({ minLength: 4, maxLength: 8 })
    case 'string':
      return similarTexts
  }
}

/** Objects with any of the values that are named. */
function objects(values: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<JsonObject> {
  return fc
    .record(values, { requiredKeys: [] })
    .map((some) => Object.fromEntries(Object.entries(some).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))))
}

function valuesByName(attributes: readonly Attribute[]): Record<string, fc.Arbitrary<Json>> {
  const writable = attributes.filter(({ mutability }) => mutability !== 'readOnly')
  return Object.fromEntries(writable.map((attribute) => [attribute.name, valuesOf(attribute)]))
}

/** At most one value is primary (RFC 7643 §2.4). */
function withOnePrimary(values: readonly Json[]): Json {
  const first = values.findIndex(isPrimary)
  return values.map((value, index) => (isPrimary(value) && isObject(value) && index !== first ? { ...value, primary: false } : value))
}

function isPrimary(value: Json): boolean {
  return isObject(value) && value['primary'] === true
}

export const userNames = fc.oneof(loginNames, names)
const externalIds = fc.oneof(fc.constantFrom('ext-1', 'Ext-1', 'ext-2', ''), similarTexts)

const coreValues = valuesByName(userSchema.attributes.filter(({ name }) => name !== 'userName'))

/** The body of a POST or PUT of a user, in the schema's own spelling. */
export const userBodies: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      ...coreValues,
      userName: userNames,
      externalId: externalIds,
      [enterpriseUserSchema.id]: objects(valuesByName(enterpriseUserSchema.attributes)),
    },
    { requiredKeys: ['userName'] },
  )
  .map((body): JsonObject => ({ schemas: [userSchema.id, ...(enterpriseUserSchema.id in body ? [enterpriseUserSchema.id] : [])], ...body }))

/** Users as SCIM knows them. */
export const userResources: fc.Arbitrary<Resource> = userBodies.map((body) => readResource(userType, body))
