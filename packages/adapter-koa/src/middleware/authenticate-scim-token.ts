import { type AuthenticateScimToken, type AuthenticateScimTokenRefusal, NotAdmitted, type ScimRequest } from '@latchkey/application'
import { ScimError, guessProvider } from '@latchkey/scim'
import type { Context, Next } from 'koa'
import type { ActivityBuffer } from '../activity/activity-buffer.ts'
import { askedBy } from '../activity/asked-by.ts'
import type { FailureLimit } from './rate-limits.ts'
import { stateOf } from './state.ts'

/**
 * Who calls, and for which organisation: both from the bearer token and from nothing else (TEN-1). Every route behind this is closed without it. Whether the token
 * may be used is asked with the first thing that a route asks of the database, and nothing is answered, an error neither, before that is known.
 */
export function authenticateScimToken(useCase: AuthenticateScimToken, failures: FailureLimit, activity: ActivityBuffer) {
  return async (ctx: Context, next: Next): Promise<void> => {
    const presented = /^Bearer +([^\s]+) *$/i.exec(ctx.get('Authorization'))?.[1]
    const result = presented === undefined ? null : await useCase.execute(presented)
    if (!result?.ok) return refuse(ctx, result === null ? { kind: 'not-authenticated', known: null } : result.error)
    const caller = result.value
    const { organization, token, mode, admission } = caller
    stateOf(ctx).caller = { organization, token, mode, admission, request: requestOf(ctx) }
    let failure: { readonly error: unknown } | null = null
    try {
      await next()
    } catch (error) {
      failure = { error }
    }
    try {
      if (failure?.error instanceof NotAdmitted) throw failure.error
      // Whoever is too fast is told so, and costs the database nothing: else refusing a flood would be what slows the others down (LIM-1).
      if (failure?.error instanceof ScimError && failure.error.status === 429) throw failure.error
      await useCase.settle(caller, ctx.ip)
    } catch (error) {
      if (!(error instanceof NotAdmitted)) throw error
      delete stateOf(ctx).caller
      return refuse(ctx, error.refusal as AuthenticateScimTokenRefusal)
    }
    if (failure) throw failure.error
  }

  async function refuse(ctx: Context, { kind, known }: AuthenticateScimTokenRefusal): Promise<never> {
    if (known) noteRefusal(ctx, activity, kind, known)
    // A token that works is never counted, so that nobody locks it by guessing from its address (TOK-7).
    if (kind === 'not-authenticated') await failures.count(ctx)
    throw scimErrorFrom(ctx, kind)
  }
}

function scimErrorFrom(ctx: Context, refusal: Kind): ScimError {
  switch (refusal) {
    case 'not-authenticated':
      ctx.set('WWW-Authenticate', 'Bearer realm="SCIM"')
      return new ScimError(401, undefined, 'Send a valid SCIM token: Authorization: Bearer latchkey_scim_….')
    case 'token-frozen':
      return new ScimError(403, undefined, 'This SCIM token is frozen. An owner can release it under Single Sign-On (SSO), Provisioning.')
    case 'scim-disabled':
      return new ScimError(
        403,
        undefined,
        'SCIM provisioning is off for this organisation. Enable it under Single Sign-On (SSO), Provisioning.',
      )
  }
}

type Kind = AuthenticateScimTokenRefusal['kind']

/** The organisation learns why its own token was refused; whoever presented it does not (TOK-7). The body was not read. */
function noteRefusal(ctx: Context, activity: ActivityBuffer, kind: Kind, known: NonNullable<AuthenticateScimTokenRefusal['known']>): void {
  const { id: requestId, provider, elapsedMs } = requestOf(ctx)
  const durationMs = elapsedMs()
  activity.count(known.organization, known.token, 'failures', durationMs)
  activity.fail(known.organization, {
    ...askedBy(ctx, null),
    requestId,
    token: known.token,
    provider: provider(),
    outcome: 'failed',
    status: kind === 'not-authenticated' ? 401 : 403,
    reason: reasons[kind === 'not-authenticated' && known.state !== 'usable' ? known.state : kind],
    durationMs,
    body: null,
  })
}

const reasons = {
  'not-authenticated': 'The SCIM token was refused.',
  revoked: 'The SCIM token is revoked.',
  expired: 'The SCIM token has expired.',
  'token-frozen': 'The SCIM token is frozen.',
  'scim-disabled': 'SCIM provisioning is off.',
} as const

function requestOf(ctx: Context): ScimRequest {
  const { requestId, beganAt } = stateOf(ctx)
  return {
    id: requestId,
    provider: () => guessProvider({ userAgent: ctx.get('User-Agent'), query: ctx.querystring, body: stateOf(ctx).body ?? null }),
    elapsedMs: () => performance.now() - beganAt,
  }
}
