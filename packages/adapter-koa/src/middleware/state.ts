import type { ScimCaller } from '@latchkey/application'
import type { Context } from 'koa'

/** What middleware has found out about a request for whoever comes after it. */
export interface RequestState {
  requestId: string
  caller?: ScimCaller
  /** The pattern of the route, for logs and metrics: an address may hold personal data, a pattern never does. */
  route?: string
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
