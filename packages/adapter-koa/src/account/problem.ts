import { ScimError } from '@latchkey/scim'
import type { Context, Next } from 'koa'
import type { Log } from '../log.ts'
import { describeError } from '../middleware/render-errors.ts'
import { stateOf } from '../middleware/state.ts'

/** An error of the JSON API as RFC 9457 has it. `code` is for programs; `detail` says to a person what to do. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  /** Further members, for programs. */
  readonly members: Readonly<Record<string, string | number | null | readonly object[]>>

  constructor(status: number, code: string, detail: string, members: Problem['members'] = {}) {
    super(code)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.detail = detail
    this.members = members
  }
}

/** Every failure behind it as `application/problem+json`. */
export function renderProblems({ log, isUnavailable }: { readonly log: Log; readonly isUnavailable: (error: unknown) => boolean }) {
  return async (ctx: Context, next: Next): Promise<void> => {
    try {
      await next()
    } catch (error) {
      const { requestId } = stateOf(ctx)
      if (error instanceof Problem) return respondWithProblem(ctx, error)
      // What reads bodies and counts requests speaks SCIM; here the same says it as a problem.
      if (error instanceof ScimError) return respondWithProblem(ctx, new Problem(error.status, codeOf(error), error.message))
      if (isUnavailable(error)) {
        log.error({ requestId, error: describeError(error) }, 'the database is unavailable')
        ctx.set('Retry-After', '5')
        const detail = 'The service is briefly unavailable; nothing was changed. Try again in a few seconds.'
        return respondWithProblem(ctx, new Problem(503, 'unavailable', detail))
      }
      log.error({ requestId, error: describeError(error) }, 'a request failed')
      const detail = `Something went wrong on our side; nothing was changed. Tell your administrator the request id ${requestId}.`
      respondWithProblem(ctx, new Problem(500, 'internal', detail))
    }
  }
}

function respondWithProblem(ctx: Context, { status, code, detail, members }: Problem): void {
  ctx.status = status
  ctx.set('Content-Type', 'application/problem+json')
  ctx.set('Cache-Control', 'no-store')
  ctx.body = JSON.stringify({ type: 'about:blank', title: titles[status] ?? 'Error', status, detail, code, ...members })
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

function codeOf({ status }: ScimError): string {
  return status === 413 ? 'body-too-large' : status === 415 ? 'media-type' : status === 429 ? 'too-many-requests' : 'invalid-body'
}
