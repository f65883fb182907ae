import { randomUUID } from 'node:crypto'
import type { Context, Next } from 'koa'
import type { Log } from '../log.ts'
import type { RequestMetrics } from '../operations/metrics.ts'
import { routeOf, stateOf } from './state.ts'

/** Gives every request its id, and tells log and metrics how it went. */
export function observe({ log, metrics }: { readonly log: Log; readonly metrics: RequestMetrics }) {
  return async (ctx: Context, next: Next): Promise<void> => {
    const state = stateOf(ctx)
    state.requestId = randomUUID()
    state.beganAt = performance.now()
    ctx.set('X-Request-Id', state.requestId)
    await next()
    const ms = performance.now() - state.beganAt
    const route = routeOf(ctx)
    metrics.observe({ route, method: ctx.method, status: ctx.status, seconds: ms / 1_000 })
    const { caller } = state
    log.info(
      {
        requestId: state.requestId,
        method: ctx.method,
        route,
        status: ctx.status,
        durationMs: Math.round(ms * 1_000) / 1_000,
        ...(caller ? { organization: caller.organization.id, token: caller.token } : {}),
      },
      'request',
    )
  }
}
