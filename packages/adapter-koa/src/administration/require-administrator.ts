import {
  type Administrator,
  type AuthenticateAdministrator,
  type AuthenticateSession,
  type SessionTokens,
  may,
} from '@latchkey/application'
import type { Context, Next } from 'koa'
import { notSignedIn, refuseForeignSites, requirePerson, personOf, setUpFirst } from '../account/guard.ts'
import { Problem } from '../account/problem.ts'
import type { FailureLimit } from '../middleware/rate-limits.ts'
import type { Endpoint } from './endpoint.ts'

export interface AdministratorGuard {
  readonly authenticateAdministrator: AuthenticateAdministrator
  readonly authenticateSession: AuthenticateSession
  readonly sessionTokens: SessionTokens
}

interface AdministrationState {
  administrator?: Administrator
}

/**
 * Who asks: the bearer of an API token, else the person whose session it is. A request that names a token is judged by it alone, and needs no proof that
 * it comes from a page of ours: no other site can send that header.
 */
export function requireAdministrator(guard: AdministratorGuard, failures: FailureLimit) {
  const person = requirePerson(guard.authenticateSession, guard.sessionTokens)
  return async (ctx: Context, next: Next): Promise<void> => {
    ctx.set('Cache-Control', 'no-store')
    const state: AdministrationState = ctx.state
    const header = ctx.get('Authorization')
    if (header === '') {
      return refuseForeignSites(ctx, () =>
        person(ctx, async () => {
          const administrator = await guard.authenticateAdministrator.byPerson(personOf(ctx).person)
          if (!administrator.ok) throw administrator.error === 'set-up-first' ? setUpFirst() : notSignedIn()
          state.administrator = administrator.value
          await next()
        }),
      )
    }
    const presented = /^Bearer +([^\s]+) *$/i.exec(header)?.[1]
    const administrator = presented === undefined ? null : await guard.authenticateAdministrator.byToken(presented)
    if (!administrator?.ok) {
      await failures.count(ctx)
      ctx.set('WWW-Authenticate', 'Bearer realm="admin API"')
      throw new Problem(401, 'not-authenticated', 'Send a valid API token: Authorization: Bearer latchkey_api_….')
    }
    state.administrator = administrator.value
    return next()
  }
}

/** Who asks. A route that is reached without is a mistake in the routes. */
export function administratorOf(ctx: Context): Administrator {
  const { administrator }: AdministrationState = ctx.state
  if (!administrator) throw new Error('This route must stand behind authentication.')
  return administrator
}

/** Closed to whoever may do less; what they wanted to change is noted. */
export function requireRole({ authenticateAdministrator }: AdministratorGuard, { least, method, name }: Endpoint) {
  return async (ctx: Context, next: Next): Promise<void> => {
    const administrator = administratorOf(ctx)
    if (may(administrator, least)) return next()
    if (method !== 'get') await authenticateAdministrator.noteRefusal(administrator, name)
    throw new Problem(403, 'role-too-low', `For this one must be ${least === 'owner' ? 'an owner' : `at least an ${least}`}.`)
  }
}
