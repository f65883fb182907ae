import type { AuthenticateSession, Person, SessionTokens } from '@latchkey/application'
import type { Context, Next } from 'koa'
import { Problem } from './problem.ts'
import { sessionCookie } from './session-cookie.ts'

interface AccountState {
  person?: Person
  sessionToken?: string
}

const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** A request that changes something comes from a page of ours, as JSON: no form and no other site can send it (WEB-3). */
export async function refuseForeignSites(ctx: Context, next: Next): Promise<void> {
  if (changing.has(ctx.method)) {
    const site = ctx.get('Sec-Fetch-Site')
    if (site !== '' && site !== 'same-origin') throw new Problem(403, 'foreign-site', 'Open this page on its own address and try again.')
    if (ctx.method !== 'DELETE' && !/^application\/json(?:$|;)/i.test(ctx.get('Content-Type'))) {
      throw new Problem(415, 'media-type', 'Send the body as application/json.')
    }
  }
  ctx.set('Cache-Control', 'no-store')
  return next()
}

/** Who is signed in, from the cookie and from nothing else. Every route behind this is closed without it. */
export function requirePerson(authenticate: AuthenticateSession, tokens: SessionTokens) {
  return async (ctx: Context, next: Next): Promise<void> => {
    const token = sessionCookie(ctx)
    const result = token === undefined ? null : await authenticate.execute(token, ctx.ip)
    if (token === undefined || !result?.ok) throw notSignedIn()
    if (changing.has(ctx.method) && !tokens.isCsrfToken(token, ctx.get('X-CSRF-Token'))) {
      throw new Problem(403, 'csrf-token', 'Load the page again and try once more.')
    }
    const state: AccountState = ctx.state
    state.person = result.value
    state.sessionToken = token
    return next()
  }
}

/** Who is signed in. A route that is reached without is a mistake in the routes. */
export function personOf(ctx: Context): { readonly person: Person; readonly sessionToken: string } {
  const { person, sessionToken }: AccountState = ctx.state
  if (!person || sessionToken === undefined) throw new Error('This route must stand behind a session.')
  return { person, sessionToken }
}

export function setUpFirst(): Problem {
  return new Problem(403, 'set-up-first', 'Set up your encryption key first.')
}

export function notSignedIn(): Problem {
  return new Problem(401, 'not-signed-in', 'Sign in to go on.')
}
