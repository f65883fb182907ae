import { type Instant, type Result, ok, refuse, secondMs } from '@latchkey/domain'
import { type Json, isObject, limits } from '@latchkey/scim'
import type { Position } from '../ports/directory-store.ts'
import type { Seals } from '../ports/secrets.ts'
import type { ScimCaller } from './scim-caller.ts'

/** What a cursor holds: where its list goes on, and until when it may be used, which is for whoever knows the time. */
export interface OpenedCursor {
  readonly position: Position
  readonly expires: Instant
}

export type CursorRefusal =
  | { readonly kind: 'cursor-invalid' }
  | { readonly kind: 'cursor-expired' }
  | { readonly kind: 'cursor-count-changed' }

/** What a cursor continues: one caller's one list, in pages of one size. */
interface Bound {
  readonly caller: ScimCaller
  readonly query: string
  readonly count: number
}

/** Pagination cursors (RFC 9865): sealed, so that nobody can make one; holding everything, so that the server keeps nothing for them. */
export class Cursors {
  readonly #seals: Seals

  constructor(ports: { seals: Seals }) {
    this.#seals = ports.seals
  }

  seal(position: Position, { caller, query, count }: Bound, now: Instant): string {
    const expires = now + limits.cursorTimeoutSeconds * secondMs
    return this.#seals.seal(JSON.stringify({ organization: caller.organization.id, token: caller.token, query, count, expires, position }))
  }

  open(cursor: string, { caller, query, count }: Bound): Result<OpenedCursor, CursorRefusal> {
    const text = this.#seals.open(cursor)
    // Only `seal` can have written what opens, so its shape needs no proof.
    const sealed: Json = text === undefined ? null : JSON.parse(text)
    if (!isObject(sealed)) return refuse({ kind: 'cursor-invalid' })
    const mine = sealed['organization'] === caller.organization.id && sealed['token'] === caller.token && sealed['query'] === query
    if (!mine || typeof sealed['expires'] !== 'number') return refuse({ kind: 'cursor-invalid' })
    if (sealed['count'] !== count) return refuse({ kind: 'cursor-count-changed' })
    return ok({ position: sealed['position'] ?? null, expires: sealed['expires'] })
  }
}
