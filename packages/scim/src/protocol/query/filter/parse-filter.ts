import { limits } from '../../../limits.ts'
import { quote } from '../../../quote.ts'
import { isStorable } from '../../../read-json.ts'
import { parseAttributePath } from '../../attribute-notation.ts'
import { ScimError } from '../../error.ts'
import type { AttributePath, ComparisonOperator, ComparisonValue, Filter } from './filter.ts'
import { filterError, nextToken, type Token } from './tokenize-filter.ts'

export interface FilterSyntax {
  readonly lengthMax: number
  /** Whether a value may stand without quotes (`externalId eq jyoung`: D-4). */
  readonly bareWords?: boolean
}

const operators: ReadonlySet<string> = new Set<ComparisonOperator>(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])
const literals: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

/**
 * A filter (RFC 7644 §3.4.2.2). Operators and names ignore case. Everything that cannot be read is 400 `invalidFilter` with its position, and so
 * is what is longer, deeper or of more terms than the limits.
 *
 * Beyond the grammar it reads `emails[type eq "work"].value eq "a"`, which Entra sends: one element satisfies both.
 */
export function parseFilter(source: string, syntax: FilterSyntax): Filter {
  if (source.length > syntax.lengthMax) {
    throw new ScimError(400, 'invalidFilter', `The filter is longer than ${syntax.lengthMax} characters.`)
  }
  if (!isStorable(source)) throw new ScimError(400, 'invalidFilter', 'The filter contains NUL or half of a surrogate pair.')
  const parser = new Parser(source, syntax)
  const filter = parser.disjunction(0)
  parser.expectEnd()
  return filter
}

/** The filter within the brackets of a path, and where the closing bracket stands. `start` is the opening bracket. */
export function parseElementFilter(source: string, start: number, syntax: FilterSyntax): { readonly filter: Filter; readonly end: number } {
  const parser = new Parser(source, syntax, start + 1)
  return { filter: parser.disjunction(1), end: parser.expectClosingBracket() }
}

/** Recursive descent; `depth` counts every level of it. */
class Parser {
  readonly #source: string
  readonly #syntax: FilterSyntax
  #token: Token
  #terms = 0
  #inElement = false

  constructor(source: string, syntax: FilterSyntax, start = 0) {
    this.#source = source
    this.#syntax = syntax
    this.#inElement = start > 0
    this.#token = nextToken(source, start)
  }

  disjunction(depth: number): Filter {
    return this.#list('or', () => this.#conjunction(depth))
  }

  #conjunction(depth: number): Filter {
    return this.#list('and', () => this.#term(depth))
  }

  #list(kind: 'and' | 'or', next: () => Filter): Filter {
    const filters = [next()]
    while (this.#isWord(kind)) {
      this.#advance()
      filters.push(next())
    }
    return filters.length === 1 ? filters[0]! : { kind, filters }
  }

  #term(depth: number): Filter {
    if (depth > limits.filterDepthMax) throw filterError(this.#token.position, `it is nested deeper than ${limits.filterDepthMax} levels`)
    if (this.#isKind('(')) return this.#group(depth)
    if (this.#isWord('not')) {
      this.#advance()
      if (this.#isKind('(')) return { kind: 'not', filter: this.#group(depth) }
      throw this.#unexpected('after "not" comes a filter in parentheses')
    }
    return this.#comparison(depth)
  }

  #group(depth: number): Filter {
    const opening = this.#token.position
    this.#advance()
    const filter = this.disjunction(depth + 1)
    if (!this.#isKind(')')) throw this.#unexpected(`the parenthesis opened at position ${opening + 1} is not closed`)
    this.#advance()
    return filter
  }

  #comparison(depth: number): Filter {
    const path = this.#path()
    if (this.#token.kind === '[') return this.#element(path, depth)
    return this.#test(path)
  }

  #path(): AttributePath {
    const token = this.#token
    if (token.kind !== 'word') throw this.#unexpected('an attribute name is expected')
    const path = parseAttributePath(token.text, token.position)
    if (!path) throw filterError(token.position, `${quote(token.text)} is not an attribute name`)
    this.#advance()
    return path
  }

  #element(path: AttributePath, depth: number): Filter {
    if (this.#inElement || path.subName !== null)
      throw filterError(this.#token.position, 'brackets stand directly behind an attribute, and never within brackets')
    this.#inElement = true
    this.#advance()
    const filter = this.disjunction(depth + 1)
    this.#inElement = false
    const closing = this.#token
    if (closing.kind !== ']') throw this.#unexpected('the bracket is not closed')
    this.#advance()

    const next = this.#token
    if (next.kind !== 'word' || next.position !== closing.end || !next.text.startsWith('.')) return { kind: 'element', path, filter }
    const subPath = parseAttributePath(next.text.slice(1), next.position + 1)
    if (!subPath || subPath.schema !== null || subPath.subName !== null)
      throw filterError(next.position, `${quote(next.text)} is not a sub-attribute`)
    this.#advance()
    return { kind: 'element', path, filter: { kind: 'and', filters: [filter, this.#test(subPath)] } }
  }

  #test(path: AttributePath): Filter {
    this.#terms += 1
    if (this.#terms > limits.filterTermsMax) throw filterError(path.position, `it has more than ${limits.filterTermsMax} terms`)
    const token = this.#token
    if (token.kind !== 'word') throw this.#unexpected('an operator is expected (eq, ne, co, sw, ew, gt, ge, lt, le or pr)')
    const operator = token.text.toLowerCase()
    if (operator === 'pr') {
      this.#advance()
      return { kind: 'present', path }
    }
    if (!isOperator(operator))
      throw filterError(token.position, `${quote(token.text)} is not an operator; use eq, ne, co, sw, ew, gt, ge, lt, le or pr`)
    this.#advance()
    return { kind: 'comparison', path, operator, value: this.#value() }
  }

  #value(): ComparisonValue {
    const token = this.#token
    const value = this.#valueOf(token)
    this.#advance()
    return value
  }

  #valueOf(token: Token): ComparisonValue {
    switch (token.kind) {
      case 'string':
        return token.value
      case 'number': {
        // A number without quotes that loses digits, such as an identifier of twenty, was meant as a text.
        if (this.#syntax.bareWords && String(token.value) !== token.text) return token.text
        if (!Number.isFinite(token.value)) throw filterError(token.position, `${quote(token.text)} is too large a number`)
        return token.value
      }
      case 'word': {
        const literal = literals.get(token.text)
        if (literal !== undefined) return literal
        if (this.#syntax.bareWords && isBareWord(token.text)) return token.text
        throw filterError(token.position, `${quote(token.text)} is not a value; write strings in quotation marks`)
      }
      default:
        throw this.#unexpected('a value is expected')
    }
  }

  expectEnd(): void {
    if (this.#token.kind !== 'end') throw this.#unexpected('"and", "or" or the end is expected')
  }

  expectClosingBracket(): number {
    if (this.#token.kind !== ']') throw this.#unexpected('the bracket is not closed')
    return this.#token.position
  }

  #isKind(kind: Token['kind']): boolean {
    return this.#token.kind === kind
  }

  #isWord(word: string): boolean {
    return this.#token.kind === 'word' && this.#token.text.toLowerCase() === word
  }

  #advance(): void {
    this.#token = nextToken(this.#source, this.#token.end)
  }

  #unexpected(expectation: string): ScimError {
    return filterError(this.#token.position, expectation)
  }
}

/** Neither a word of the grammar nor a text in quotation marks of another kind, which would be taken for a part of the value. */
function isBareWord(text: string): boolean {
  return !/^(?:and|or|not)$/i.test(text) && !/^\p{Quotation_Mark}/u.test(text)
}

function isOperator(text: string): text is ComparisonOperator {
  return operators.has(text)
}
