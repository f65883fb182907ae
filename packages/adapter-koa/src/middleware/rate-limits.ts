import { ScimError } from '@latchkey/scim'
import type { Context, Next } from 'koa'
import { setTimeout } from 'node:timers/promises'
import { BurstyRateLimiter, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { callerOf } from './state.ts'

/** Wrong tokens from one address in a minute. */
const failuresPerMinute = 100

export interface FailureLimit {
  /** Notes a failure; throws 429 where there were too many. */
  count(ctx: Context): Promise<void>
}

/** Guessing tokens becomes slow; using one does not. */
export function limitFailures(): FailureLimit {
  const limiter = new RateLimiterMemory({ points: failuresPerMinute, duration: 60 })
  return { count: (ctx) => consume(ctx, () => limiter.consume(ctx.ip)) }
}

/** What people without a session ask for, from one address. */
export function limitAttempts(perMinute: number) {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 })
  return async (ctx: Context, next: Next): Promise<void> => {
    await consume(ctx, () => limiter.consume(ctx.ip))
    return next()
  }
}

/** Who is refused waits this long for the answer: one who asks again at once would else be refused thousands of times a second, and that is what the others felt. */
const refusalMs = 20

/** A rate for each organisation, and as much again for a moment: one organisation's flood is its own affair (LIM-1). */
export function limitOrganization(requestsPerSecond: number) {
  const limiter = new BurstyRateLimiter(
    new RateLimiterMemory({ points: requestsPerSecond, duration: 1 }),
    new RateLimiterMemory({ keyPrefix: 'burst', points: 2 * requestsPerSecond, duration: 10 }),
  )
  return async (ctx: Context, next: Next): Promise<void> => {
    try {
      await consume(ctx, () => limiter.consume(callerOf(ctx).organization.id))
    } catch (refusal) {
      await setTimeout(refusalMs)
      throw refusal
    }
    return next()
  }
}

async function consume(ctx: Context, attempt: () => Promise<unknown>): Promise<void> {
  try {
    await attempt()
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000))
    ctx.set('Retry-After', String(seconds))
    throw new ScimError(429, undefined, `Too many requests; try again in ${seconds} s.`)
  }
}
