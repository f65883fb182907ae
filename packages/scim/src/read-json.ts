import { type Json, type JsonObject, withoutPrototype } from './json.ts'
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
  // What no database keeps can only come from an escape where the text itself is well-formed: most bodies have none.
  const check = text.includes('\\u') || !isStorable(text) ? checkText : () => {}
  // The parser keeps the last of two equal names: then fewer have come out than stood in the text.
  if (strip(value as Json, check) < keys) throw new ScimError(400, 'invalidSyntax', 'An object in the body has the same name twice.')
  return value as JsonObject
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

/** Takes the prototypes away, in place: nobody else has seen these objects. How many names they have. */
function strip(value: Json, check: (text: string) => void): number {
  if (typeof value === 'string') check(value)
  if (typeof value !== 'object' || value === null) return 0
  let keys = 0
  if (Array.isArray(value)) {
    for (const element of value) keys += strip(element, check)
    return keys
  }
  const object = withoutPrototype(value as { [name: string]: Json })
  for (const name of Object.keys(object)) {
    // No attribute can be called so (RFC 7643 §2.1), and no provider means one: who sends it tries what it does.
    if (name === '__proto__') throw new ScimError(400, 'invalidSyntax', 'The body has the name "__proto__", which is no attribute.')
    check(name)
    keys += 1 + strip(object[name]!, check)
  }
  return keys
}

function checkText(text: string): void {
  if (!isStorable(text)) throw new ScimError(400, 'invalidValue', 'The body contains NUL or half of a surrogate pair, which no text may.')
}

/** Whether a text can be stored and given back as it is (INP-6). */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
