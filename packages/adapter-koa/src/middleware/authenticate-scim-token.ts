import type { AuthenticateScimToken, AuthenticateScimTokenRefusal } from '@latchkey/application'
import { ScimError } from '@latchkey/scim'
import type { Context, Next } from 'koa'
import type { FailureLimit } from './rate-limits.ts'
import { stateOf } from './state.ts'

/** Who calls, and for which organisation: both from the bearer token and from nothing else (TEN-1). Every route behind this is closed without it. */
export function authenticateScimToken(useCase: AuthenticateScimToken, failures: FailureLimit) {
  return async (ctx: Context, next: Next): Promise<void> => {
    const presented = /^Bearer +([^\s]+) *$/i.exec(ctx.get('Authorization'))?.[1]
    const result = presented === undefined ? null : await useCase.execute(presented, ctx.ip)
    if (result?.ok) {
      stateOf(ctx).caller = result.value
      return next()
    }
    const refusal = result === null ? 'not-authenticated' : result.error
    // A token that works is never counted, so that nobody locks it by guessing from its address (TOK-7).
    if (refusal === 'not-authenticated') await failures.count(ctx)
    throw scimErrorFrom(ctx, refusal)
  }
}

function scimErrorFrom(ctx: Context, refusal: AuthenticateScimTokenRefusal): ScimError {
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
