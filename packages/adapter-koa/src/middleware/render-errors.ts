import { ScimError } from '@latchkey/scim'
import type { Context, Next } from 'koa'
import type { Log } from '../log.ts'
import { respondWithError } from './respond.ts'
import { stateOf } from './state.ts'

/**
 * Every failure as a SCIM message (RFC 7644 §3.12), the address that leads nowhere included. Protocol errors are shown as they are, outages say to come
 * again, and of anything else only the log learns more than its number.
 */
export function renderErrors({ log, isUnavailable }: { readonly log: Log; readonly isUnavailable: (error: unknown) => boolean }) {
  return async (ctx: Context, next: Next): Promise<void> => {
    try {
      await next()
      if (ctx.status === 404 && ctx.body == null) throw new ScimError(404, undefined, 'There is nothing at this address.')
    } catch (error) {
      const { requestId } = stateOf(ctx)
      if (error instanceof ScimError) {
        respondWithError(ctx, error)
      } else if (isUnavailable(error)) {
        log.error({ requestId, error: describeError(error) }, 'the database is unavailable')
        ctx.set('Retry-After', '5')
        respondWithError(
          ctx,
          new ScimError(503, undefined, 'The service is briefly unavailable; nothing was left half done. Try again in a few seconds.'),
        )
      } else {
        log.error({ requestId, error: describeError(error) }, 'a request failed')
        respondWithError(
          ctx,
          new ScimError(
            500,
            undefined,
            `Something went wrong on our side; nothing was changed. Tell your administrator the request id ${requestId}.`,
          ),
        )
      }
    }
  }
}

/** Where it happened and what, without what the request held: driver errors quote values in `detail`, which is left out. */
export function describeError(error: unknown): { readonly name: string; readonly code?: string; readonly at?: string } {
  if (!(error instanceof Error)) return { name: typeof error }
  const at = error.stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 5)
    .join('\n')
  return {
    name: error.name,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(at === undefined ? {} : { at }),
  }
}
