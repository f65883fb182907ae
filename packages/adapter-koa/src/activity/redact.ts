import { type Json, isArray, isObject } from '@latchkey/scim'

const textLengthMax = 256
const elementsMax = 100
/** As JSON. */
const lengthMax = 16 * 1024

/** What was sent, to look into why it failed: without what may be a secret, and short. The parser has limited its depth. */
export function redacted(body: Json): Json {
  const short = shorten(body)
  return JSON.stringify(short).length > lengthMax ? '(too long to keep)' : short
}

const secret = /password|secret|token|credential|certificate|private|assertion|api.?key/i

function shorten(value: Json): Json {
  if (typeof value === 'string') return storable(value, textLengthMax) + (value.length > textLengthMax ? '…' : '')
  if (isArray(value)) {
    const shown = value.slice(0, elementsMax).map(shorten)
    return value.length > elementsMax ? [...shown, `(${value.length - elementsMax} more)`] : shown
  }
  if (!isObject(value)) return value
  const path = typeof value['path'] === 'string' && secret.test(value['path'])
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, elementsMax)
      .map(([name, inner]) => [
        storable(name, textLengthMax),
        secret.test(name) || (path && name === 'value') ? '(left out)' : shorten(inner),
      ]),
  )
}

/** A text as PostgreSQL takes it, of what may have failed because it is none: without NUL and lone surrogates. */
export function storable(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).toWellFormed().replaceAll('\0', '')
}
