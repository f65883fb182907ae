import type { AttributeReference } from '../../../schema/schema.ts'

export type ComparisonOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'

/** What stands on the right of an operator: a JSON scalar (RFC 7644 §3.4.2.2). */
export type ComparisonValue = string | number | boolean | null

/** An attribute name as it was written, in its parts: `urn:…:User:name.givenName`. */
export interface AttributePath {
  /** The schema URN in front, without its final colon; null where there is none. */
  readonly schema: string | null
  readonly name: string
  readonly subName: string | null
  /** Offset in the source, for the error message. */
  readonly position: number
}

/** A filter as it was written: names are not resolved yet. Lists hold at least two filters. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'present'; readonly path: AttributePath }
  | { readonly kind: 'comparison'; readonly path: AttributePath; readonly operator: ComparisonOperator; readonly value: ComparisonValue }
  /** A value path, `emails[type eq "work"]`: one element must satisfy the inner filter. `subName` after the bracket never occurs here. */
  | { readonly kind: 'element'; readonly path: AttributePath; readonly filter: Filter }

/**
 * A filter whose every name is an attribute of the resource type and whose every value has that attribute's type.
 * Only this form is evaluated or compiled. `ne` is `not eq` (an absent value is not equal: D-18), `eq null` is `not present`,
 * so three kinds of test remain.
 */
export type ResolvedFilter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly ResolvedFilter[] }
  | { readonly kind: 'not'; readonly filter: ResolvedFilter }
  | { readonly kind: 'present'; readonly target: AttributeReference }
  | {
      readonly kind: 'comparison'
      readonly target: AttributeReference
      readonly operator: Exclude<ComparisonOperator, 'ne'>
      /** dateTime values are canonical: `2026-01-01T00:00:00.000Z`. Strings are as written; whoever compares folds them. */
      readonly value: string | number | boolean
    }
  /** One element of a multi-valued complex attribute satisfies the filter, whose targets are that attribute's sub-attributes. */
  | { readonly kind: 'element'; readonly target: AttributeReference; readonly filter: ResolvedFilter }
  /** Root queries: an attribute that this resource type does not have (RFC 7644 §3.4.2.1). */
  | { readonly kind: 'constant'; readonly value: boolean }

/**
 * The form in which a text is compared: identity for `caseExact` attributes, case-folded for the others, canonical for names
 * that identify. The application decides it once, so that SQL, memory and PATCH agree.
 */
export type Comparable = (target: AttributeReference, text: string) => string
