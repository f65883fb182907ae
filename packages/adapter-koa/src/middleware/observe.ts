import { randomUUID } from 'node:crypto'
import type { Context, Next } from 'koa'
import type { Log } from '../log.ts'
import { Burst } from '../operations/burst.ts'
import type { RequestMetrics } from '../operations/metrics.ts'
import { routeOf, stateOf } from './state.ts'

/** A request that was answered. */
interface Answered {
  readonly requestId: string
  readonly method: string
  readonly route: string
  readonly status: number
  readonly durationMs: number
  /** When it was answered, as `Date.now()` says. */
  readonly at: number
  /** Who asked, where that is known. */
  readonly organization: string | undefined
  readonly token: string | undefined
}

/** Gives every request its id, and tells log and metrics a moment later how it went. */
export function observe({ log, metrics }: { readonly log: Log; readonly metrics: RequestMetrics }) {
  const answered = new Burst<Answered>(({ at, ...request }) => {
    const { route, method, status, durationMs } = request
    metrics.observe({ route, method, status, seconds: durationMs / 1_000 })
    log.info({ at: new Date(at).toISOString(), ...request, durationMs: Math.round(durationMs * 1_000) / 1_000 }, 'request')
  })
  metrics.onRead(() => answered.tellAll())
  return async (ctx: Context, next: Next): Promise<void> => {
    const state = stateOf(ctx)
    state.requestId = newRequestId()
    state.beganAt = performance.now()
    ctx.set('X-Request-Id', state.requestId)
    await next()
    const { requestId, beganAt, caller } = state
    answered.add({
      requestId,
      method: ctx.method,
      route: routeOf(ctx),
      status: ctx.status,
      durationMs: performance.now() - beganAt,
      at: Date.now(),
      organization: caller?.organization.id,
      token: caller?.token,
    })
  }
}

const idsAtOnce = 64
const ids: string[] = []

function newRequestId(): string {
  if (ids.length === 0) for (let count = 0; count < idsAtOnce; count += 1) ids.push(randomUUID())
  return ids.pop()!
}
