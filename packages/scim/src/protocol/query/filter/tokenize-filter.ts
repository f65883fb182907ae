import { quote } from '../../../quote.ts'
import { isStorable } from '../../../read-json.ts'
import { ScimError } from '../../error.ts'

export type Token =
  | { readonly kind: '(' | ')' | '[' | ']'; readonly position: number; readonly end: number }
  /** An attribute path, an operator, `and`, `true` or, leniently, a value without quotes. */
  | { readonly kind: 'word'; readonly text: string; readonly position: number; readonly end: number }
  | { readonly kind: 'string'; readonly value: string; readonly position: number; readonly end: number }
  | { readonly kind: 'number'; readonly value: number; readonly text: string; readonly position: number; readonly end: number }
  | { readonly kind: 'end'; readonly position: number; readonly end: number }

const wordEnd = /[\s()[\]"]/
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** The token that begins at or behind an offset. One character is looked at once: a filter costs its length. */
export function nextToken(source: string, from: number): Token {
  let position = from
  while (position < source.length && /\s/.test(source[position]!)) position += 1
  const character = source[position]
  if (character === undefined) return { kind: 'end', position, end: position }
  if (character === '(' || character === ')' || character === '[' || character === ']') {
    return { kind: character, position, end: position + 1 }
  }
  if (character === '"') return stringToken(source, position)

  let end = position
  while (end < source.length && !wordEnd.test(source[end]!)) end += 1
  const text = source.slice(position, end)
  // Adding 0 leaves no negative zero, which JSON text cannot say either.
  if (number.test(text)) return { kind: 'number', value: Number(text) + 0, text, position, end }
  return { kind: 'word', text, position, end }
}

/** A JSON string (RFC 8259 §7). */
function stringToken(source: string, position: number): Token {
  let end = position + 1
  while (end < source.length && source[end] !== '"') end += source[end] === '\\' ? 2 : 1
  if (end >= source.length) throw filterError(position, 'the string is not closed; end it with a quotation mark')
  try {
    const value: string = JSON.parse(source.slice(position, end + 1))
    if (!isStorable(value)) throw filterError(position, 'a text may hold neither NUL nor half of a surrogate pair')
    return { kind: 'string', value, position, end: end + 1 }
  } catch (error) {
    if (error instanceof ScimError) throw error
    throw filterError(position, `${quote(source.slice(position, end + 1))} is not a JSON string`)
  }
}

/** 400 `invalidFilter` that says where: positions count from 1. */
export function filterError(position: number, problem: string): ScimError {
  return new ScimError(400, 'invalidFilter', `The filter cannot be read at position ${position + 1}: ${problem}.`)
}
