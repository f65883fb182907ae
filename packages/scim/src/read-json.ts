import { emptyObject, type Json, type JsonObject } from './json.ts'
import { ScimError } from './protocol/error.ts'

/**
 * The JSON object in a text, without prototypes. Depth, keys and list elements are counted in one pass before anything is built, so that what
 * is too large costs only its reading. 400 `invalidSyntax` for what is no JSON object, is nested too deep, holds too many names, one name
 * twice (INP-2) or `__proto__`; 400 `invalidValue` for NUL and lone surrogates, which no database keeps as they are (INP-6).
 */
export function readJson(
  text: string,
  limits: { readonly depthMax: number; readonly keysMax: number; readonly elementsMax: number },
): JsonObject {
  const keys = measure(text, limits)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ScimError(400, 'invalidSyntax', 'The body is not JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ScimError(400, 'invalidSyntax', 'The body must be a JSON object.')
  }
  const counter = { keys: 0 }
  const object = copy(value as Json, counter) as JsonObject
  // The parser keeps the last of two equal names: then fewer have come out than stood in the text.
  if (counter.keys < keys) throw new ScimError(400, 'invalidSyntax', 'An object in the body has the same name twice.')
  return object
}

function measure(text: string, limits: { readonly depthMax: number; readonly keysMax: number; readonly elementsMax: number }): number {
  let depth = 0
  let keys = 0
  let commas = 0
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case 0x22: // "
        index = endOfString(text, index)
        break
      case 0x7b: // {
      case 0x5b: // [
        depth += 1
        if (depth > limits.depthMax) throw new ScimError(400, 'invalidSyntax', `The body is nested deeper than ${limits.depthMax} levels.`)
        break
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1
        break
      case 0x3a: // :
        keys += 1
        break
      case 0x2c: // ,
        commas += 1
        break
    }
  }
  // Every comma separates two keys or two elements.
  if (keys > limits.keysMax) throw new ScimError(400, 'invalidSyntax', `The body has more than ${limits.keysMax} names.`)
  if (commas - keys > limits.elementsMax)
    throw new ScimError(400, 'invalidSyntax', `The body has lists of more than ${limits.elementsMax} values.`)
  return keys
}

function endOfString(text: string, start: number): number {
  let index = start + 1
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 0x22) return index
    if (code === 0x5c) index += 1
  }
  return index
}

function copy(value: Json, counter: { keys: number }): Json {
  if (typeof value === 'string') return checked(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((element) => copy(element, counter))
  const object = emptyObject<Json>()
  for (const [name, inner] of Object.entries(value)) {
    counter.keys += 1
    // No attribute can be called so (RFC 7643 §2.1), and no provider means one: who sends it tries what it does.
    if (name === '__proto__') throw new ScimError(400, 'invalidSyntax', 'The body has the name "__proto__", which is no attribute.')
    object[checked(name)] = copy(inner, counter)
  }
  return object
}

function checked(text: string): string {
  if (!isStorable(text)) throw new ScimError(400, 'invalidValue', 'The body contains NUL or half of a surrogate pair, which no text may.')
  return text
}

/** Whether a text can be stored and given back as it is (INP-6). */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
