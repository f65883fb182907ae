import type { Sql } from '../sql.ts'

/** Something of a row that a filter can be asked of. Texts are in their comparable form. */
export interface Value {
  readonly type: 'text' | 'uuid' | 'boolean' | 'number' | 'instant'
  readonly expression: Sql
}

/** Where the values of an attribute are: in one expression, or in rows of their own. */
export type Source =
  | { readonly kind: 'value'; readonly value: Value }
  | {
      readonly kind: 'elements'
      /** What stands behind `exists (select 1`; more conditions can be appended with `and`. */
      readonly from: Sql
      /** A sub-attribute of one element; null for an element that is a value itself. */
      readonly value: (subAttribute: string | null) => Value
      /** A condition on the row that holds wherever an element's `value` equals the operand, and that an index answers. */
      readonly indexed?: (operand: string) => Sql
      /** The same where an element's `value` contains the operand: without opening the document of every row. */
      readonly containing?: (operand: string) => Sql
    }

export const text = (expression: Sql): Value => ({ type: 'text', expression })
export const uuid = (expression: Sql): Value => ({ type: 'uuid', expression })
export const boolean = (expression: Sql): Value => ({ type: 'boolean', expression })
export const instant = (expression: Sql): Value => ({ type: 'instant', expression })

export const single = (value: Value): Source => ({ kind: 'value', value })
