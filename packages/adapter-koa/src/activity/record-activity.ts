import type { FailedRequest } from '@latchkey/application'
import type { Asked } from '@latchkey/domain'
import { type Json, ScimError } from '@latchkey/scim'
import type { Context, Next } from 'koa'
import { callerOf, stateOf } from '../middleware/state.ts'
import type { ActivityBuffer } from './activity-buffer.ts'
import { askedBy } from './asked-by.ts'
import { redacted, storable } from './redact.ts'

/** Counts every request of a known caller, and notes those that fail with what was asked and why. */
export function recordActivity(buffer: ActivityBuffer) {
  return async (ctx: Context, next: Next): Promise<void> => {
    try {
      await next()
      const { organization, token, request } = callerOf(ctx)
      const reads = ctx.method === 'GET' || ctx.path.endsWith('/.search')
      buffer.count(organization.id, token, reads ? 'reads' : 'writes', request.elapsedMs())
    } catch (error) {
      const { caller, body = null } = stateOf(ctx)
      // Whoever is too fast is told so; to note each of these would be the flood that the limit is for.
      if (caller && !(error instanceof ScimError && error.status === 429)) {
        const { organization, token, request } = caller
        buffer.count(organization.id, token, 'failures', request.elapsedMs())
        buffer.fail(organization.id, failedRequest(ctx, askedBy(ctx, body), body, error))
      }
      throw error
    }
  }
}

/** A failure for the list. What is no answer of the protocol is a failure of ours, of which the log tells more. */
export function failedRequest(ctx: Context, asked: Asked, body: Json, error: unknown): FailedRequest {
  const { token, request } = callerOf(ctx)
  const [status, reason] = error instanceof ScimError ? [error.status, error.message] : [500, 'Something went wrong on our side.']
  return {
    ...asked,
    requestId: request.id,
    token,
    provider: request.provider(),
    outcome: 'failed',
    status,
    reason: storable(reason, 1_000),
    durationMs: request.elapsedMs(),
    body: body === null ? null : redacted(body),
  }
}
