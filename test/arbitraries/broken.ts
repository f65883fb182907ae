import fc from 'fast-check'
import { type Json, isArray, isObject, patchSchema } from '@latchkey/scim'

/** What a parser trips over: quotes, brackets, halves of characters, words of the grammar in the wrong place, names that every object inherits. */
const oddPieces = [
  ...['"', '\\', '\\"', '\\u0000', '\\ud800', '\\u', "'", '”', '`', '(', ')', '[', ']', '[]', '()', '{', '}', ',', ';', '.', '..', ':'],
  ...[' ', '  ', '\t', '\n', '\0', '\ufeff', '\u00a0', '\u2028', '\ud800', '\udc00', '😀', 'İ', 'ﬀ', 'e\u0301', '/', '*', '=', '$', '%'],
  ...[' and ', ' or ', 'not ', 'not (', ' eq ', ' ne ', ' co ', ' pr', ' eq', 'null', 'true', 'True', '""', '0', '-0', '1e999', '00'],
  ...['urn:', 'urn:ietf:params:scim:schemas:core:2.0:User:', '$ref', 'value', '.value', 'members', 'emails[type eq "work"].', 'meta'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto__.x'],
] as const

/** One way to break a text. Places count from the beginning and wrap round at the end. */
type Breakage =
  | { readonly kind: 'delete' | 'duplicate' | 'nest'; readonly at: number; readonly length: number }
  | { readonly kind: 'swap'; readonly at: number; readonly length: number; readonly with: number }
  | { readonly kind: 'insert'; readonly at: number; readonly piece: string }
  | { readonly kind: 'grow'; readonly at: number; readonly length: number; readonly to: number }

const place = fc.nat(300)
const length = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) })

const breakage: fc.Arbitrary<Breakage> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('delete', 'duplicate', 'nest'), at: place, length }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('swap'), at: place, length, with: place }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('insert'), at: place, piece: fc.constantFrom(...oddPieces) }) },
)

/** A few characters become thousands: where something costs more than its length, it shows here. */
const growth: fc.Arbitrary<Breakage> = fc.record({ kind: fc.constant('grow'), at: place, length, to: fc.constantFrom(500, 4_000, 16_000) })

const breakages = fc.oneof(
  { weight: 60, arbitrary: fc.array(breakage, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.tuple(breakage, growth) },
)

/** A text and so many broken ones made of it. */
export function brokenTexts(texts: fc.Arbitrary<string>, count: number): fc.Arbitrary<readonly string[]> {
  return fc
    .tuple(texts, fc.array(breakages, { minLength: count, maxLength: count }))
    .map(([text, ways]) => ways.map((way) => way.reduce(breakText, text)))
}

function breakText(text: string, breakage: Breakage): string {
  const at = breakage.at % (text.length + 1)
  const [before, behind] = [text.slice(0, at), text.slice(at)]
  if (breakage.kind === 'insert') return before + breakage.piece + behind
  const taken = behind.slice(0, breakage.length)
  const rest = behind.slice(breakage.length)
  switch (breakage.kind) {
    case 'delete':
      return before + rest
    case 'duplicate':
      return before + taken + taken + rest
    case 'nest':
      return `${before}(${taken})${rest}`
    case 'swap': {
      const other = breakage.with % (rest.length + 1)
      return before + rest.slice(0, other) + taken + rest.slice(other)
    }
    case 'grow':
      return before + (taken || '(').repeat(Math.ceil(breakage.to / (taken.length || 1))) + rest
  }
}

const oddValues: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<Json>(null, true, false, 0, -1.5, 1e21, '', [], {}, [[]], [{}], [null], { value: {} }, { value: [] }),
  },
  { weight: 4, arbitrary: fc.constantFrom<Json>(...oddPieces, 'True', 'false', 'x'.repeat(5_000)) },
  { weight: 2, arbitrary: fc.constantFrom<Json>({ value: null }, { $ref: 1 }, { type: 'work', primary: 'yes' }, [{ value: 'a' }, 'a', 1]) },
  { weight: 1, arbitrary: fc.constantFrom(nested(12), nested(40)) },
)

/** One way to break JSON: at any place in it, by number. */
interface JsonBreakage {
  readonly kind: 'delete' | 'duplicate' | 'swap' | 'replace' | 'list' | 'wrap' | 'rename' | 'text' | 'grow'
  readonly at: number
  readonly other: number
  readonly name: string
  readonly value: Json
  readonly breakage: Breakage
}

const jsonBreakage: fc.Arbitrary<JsonBreakage> = fc.record({
  kind: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('delete', 'duplicate', 'swap', 'replace', 'list', 'wrap', 'rename', 'text', 'text') },
    { weight: 1, arbitrary: fc.constant('grow') },
  ),
  at: place,
  other: place,
  name: fc.constantFrom(...oddPieces, 'op', 'OP', 'path', 'Value', 'Operations', 'active', 'emails', 'userName', 'displayName', 'primary'),
  value: oddValues,
  breakage,
})

/** A PATCH of one or two operations, and so many broken ones made of it: most in what an operation says, some around it, some in their very text. */
export function brokenPatches(operations: fc.Arbitrary<Json>, count: number): fc.Arbitrary<readonly string[]> {
  const way = fc.record({
    within: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    json: fc.oneof(
      { weight: 3, arbitrary: fc.tuple(jsonBreakage) },
      { weight: 1, arbitrary: fc.array(jsonBreakage, { minLength: 2, maxLength: 4 }) },
    ),
    text: fc.oneof({ weight: 12, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: breakage }),
  })
  const lists = fc.oneof({ weight: 3, arbitrary: fc.tuple(operations) }, { weight: 1, arbitrary: fc.tuple(operations, operations) })
  return fc.tuple(lists, fc.array(way, { minLength: count, maxLength: count })).map(([list, ways]) =>
    ways.map(({ within, json, text }) => {
      const broken = (value: Json) => json.reduce(breakJson, value)
      const body = JSON.stringify(within ? patchOf(broken(list)) : broken(patchOf(list)))
      return text === null ? body : breakText(body, text)
    }),
  )
}

function patchOf(operations: Json): Json {
  return { schemas: [patchSchema], Operations: operations }
}

function breakJson(value: Json, { kind, at, other, name, value: odd, breakage }: JsonBreakage): Json {
  // Parsed anew, so that nothing that was given is changed. What stands beside the root makes the root a place like any other.
  const tree: Record<string, Json> = JSON.parse(JSON.stringify({ root: value }))
  const places = placesIn(tree)
  const { holder, key } = places[at % places.length]!
  const taken = holder[key]!
  const second = places[other % places.length]!
  switch (kind) {
    case 'delete':
      if (Array.isArray(holder)) holder.splice(Number(key), 1)
      else delete holder[key]
      break
    case 'duplicate':
      if (Array.isArray(holder)) holder.push(taken)
      else holder[key === key.toUpperCase() ? key.toLowerCase() : key.toUpperCase()] = taken
      break
    case 'swap':
      // A copy, since a value that is put into itself is no JSON.
      ;[holder[key], second.holder[second.key]] = [second.holder[second.key] ?? null, structuredClone(taken)]
      break
    case 'replace':
      holder[key] = odd
      break
    case 'list':
      holder[key] = [taken, odd]
      break
    case 'wrap':
      holder[key] = Object.fromEntries([[name, taken]])
      break
    case 'rename':
      if (!Array.isArray(holder)) delete holder[key]
      // Defined, since assigning to `__proto__` would not be a name but a prototype.
      Object.defineProperty(holder, name, { value: taken, configurable: true, enumerable: true, writable: true })
      break
    case 'text':
      holder[key] = typeof taken === 'string' ? breakText(taken, breakage) : odd
      break
    case 'grow':
      holder[key] = Array.from(
        { length: Math.max(1, Math.min(1_100, Math.floor(200_000 / (JSON.stringify(taken).length + 1)))) },
        () => taken,
      )
      break
  }
  return tree['root'] ?? null
}

interface Place {
  readonly holder: Record<string, Json>
  readonly key: string
}

/** Every value in a tree, by what holds it. */
function placesIn(holder: Record<string, Json>): readonly Place[] {
  return Object.entries(holder).flatMap(([key, inner]): readonly Place[] => [
    { holder, key },
    ...(isArray(inner) || isObject(inner) ? placesIn(inner as Record<string, Json>) : []),
  ])
}

function nested(depth: number): Json {
  return Array.from({ length: depth }).reduce<Json>((inner) => [inner], 'x')
}
