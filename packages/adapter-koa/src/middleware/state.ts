import type { ScimCaller } from '@latchkey/application'
import type { JsonObject } from '@latchkey/scim'
import type { Context } from 'koa'

/** What middleware has found out about a request for whoever comes after it. */
export interface RequestState {
  requestId: string
  /** Milliseconds of the process's clock. */
  beganAt: number
  caller?: ScimCaller
  /** What was read of the body. */
  body?: JsonObject
}

/** The state of a request; its first middleware has made it. */
export function stateOf(ctx: Context): RequestState {
  return ctx.state as RequestState
}

/** Who calls. A route that is reached without a caller is a mistake in the routes. */
export function callerOf(ctx: Context): ScimCaller {
  const { caller } = stateOf(ctx)
  if (!caller) throw new Error('This route must stand behind authentication.')
  return caller
}

/** The pattern of the route that answered, for logs and metrics: an address may hold personal data, a pattern never does. */
export function routeOf(ctx: Context): string {
  const pattern: unknown = ctx['_matchedRoute']
  // Refused before a route was reached, or served by none.
  return typeof pattern === 'string' && !/[({]/.test(pattern) ? pattern : 'none'
}
