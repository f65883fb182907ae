import Router from '@koa/router'
import type {
  AuthenticateSession,
  CompleteSignInRefusal,
  ProviderResponse,
  SignIn,
  SsoConnections,
  SsoRegister,
} from '@latchkey/application'
import { connectionId, isId } from '@latchkey/domain'
import { ScimError } from '@latchkey/scim'
import type { Context } from 'koa'
import getRawBody from 'raw-body'
import { sessionCookie, setSessionCookie } from '../account/session-cookie.ts'
import type { Log } from '../log.ts'
import { exact } from '../middleware/exact.ts'
import { limitAttempts } from '../middleware/rate-limits.ts'
import { describeError } from '../middleware/render-errors.ts'
import { stateOf } from '../middleware/state.ts'
import { clearSignInCookie, setSignInCookie, signInCookie } from './sign-in-cookie.ts'

export interface SsoUseCases {
  readonly signIn: SignIn
  readonly ssoConnections: SsoConnections
  readonly ssoRegister: SsoRegister
  readonly authenticateSession: AuthenticateSession
}

export interface SsoOptions {
  readonly publicUrl: string
  readonly log: Log
  readonly isUnavailable: (error: unknown) => boolean
}

const samlResponseBytesMax = 256 * 1_024

/** From one address: a sign-in takes two, and a whole office comes from one address at nine in the morning. */
const stepsPerMinute = 600

/** Where a sign-in begins, and where the browser brings back what the identity provider said. Every way out is a page of ours (SSO-5). */
export function ssoRoutes({ signIn, ssoConnections, ssoRegister, authenticateSession }: SsoUseCases, options: SsoOptions): Router {
  const { publicUrl } = options
  const router = new Router({ prefix: '/sso', ...exact })
  const limit = limitAttempts(stepsPerMinute)
  router.use(async (ctx, next) => {
    ctx.set('Cache-Control', 'no-store')
    ctx.set('Referrer-Policy', 'no-referrer')
    try {
      await next()
    } catch (error) {
      problem(ctx, failureOf(ctx, error, options))
    }
  })

  router.get('/start', limit, async (ctx) => {
    const token = sessionCookie(ctx)
    const person = token === undefined ? null : await authenticateSession.execute(token, ctx.ip)
    const started = await signIn.start(String(ctx.query['organization'] ?? ''), person?.ok ? person.value : null)
    if (!started.ok) return problem(ctx, started.error)
    setSignInCookie(ctx, started.value.handle, started.value.comesBackByForm)
    redirect(ctx, started.value.redirectUrl)
  })

  const complete = async (ctx: Context, response: ProviderResponse, handle: string | null, connection: string | null) => {
    const presented = {
      handle,
      ownHandle: signInCookie(ctx) ?? null,
      connection: connection !== null && isId(connection) ? connectionId(connection) : null,
    }
    clearSignInCookie(ctx)
    const completed = await signIn.complete(response, presented, { address: ctx.ip, userAgent: ctx.get('User-Agent') })
    if (!completed.ok) return problem(ctx, completed.error)
    setSessionCookie(ctx, completed.value.session.token)
    redirect(ctx, '/account/')
  }

  router.get('/oidc/callback', limit, (ctx) => {
    const state = ctx.query['state']
    // The address as the provider was told it, whatever a proxy made of it; of the request only what was asked.
    const url = `${publicUrl}/sso/oidc/callback${ctx.search}`
    return complete(ctx, { kind: 'oidc', url }, typeof state === 'string' ? state : '', null)
  })

  router.post('/saml/:connection/acs', limit, async (ctx) => {
    const form = await formOf(ctx)
    const samlResponse = form?.get('SAMLResponse')
    const connection = ctx.params['connection'] ?? ''
    if (!samlResponse) return problem(ctx, 'assertion-invalid')
    // Without a request of ours there is no handle in RelayState; some providers put an address there instead.
    const relayState = form?.get('RelayState') ?? ''
    const handle = /^[\w-]{43}$/.test(relayState) ? relayState : null
    return complete(ctx, { kind: 'saml', samlResponse, connectionId: connection }, handle, connection)
  })

  router.get('/saml/:connection/metadata', async (ctx) => {
    const id = ctx.params['connection'] ?? ''
    const organization = isId(id) ? await ssoRegister.organizationOfConnection(connectionId(id)) : undefined
    const connection = organization && (await ssoConnections.get(organization))
    const metadata = connection && ssoConnections.metadata(connection)
    if (metadata === undefined) {
      ctx.status = 404
      return
    }
    ctx.set('Content-Type', 'application/samlmetadata+xml')
    ctx.body = metadata
  })

  return router
}

/** A person is in front of it: what fails is a page as well. */
function failureOf(ctx: Context, error: unknown, { log, isUnavailable }: SsoOptions): 'too-many-attempts' | 'unavailable' | 'failed' {
  if (error instanceof ScimError && error.status === 429) return 'too-many-attempts'
  log.error({ requestId: stateOf(ctx).requestId, error: describeError(error) }, 'a sign-in failed')
  return isUnavailable(error) ? 'unavailable' : 'failed'
}

function problem(
  ctx: Context,
  code: ReturnType<typeof failureOf> | CompleteSignInRefusal | 'unknown-organization' | 'no-connection',
): void {
  redirect(ctx, `/account/problem?code=${code}`)
}

function redirect(ctx: Context, location: string): void {
  ctx.status = 303
  ctx.set('Location', location)
}

async function formOf(ctx: Context): Promise<URLSearchParams | null> {
  if (!/^application\/x-www-form-urlencoded(?:$|;)/i.test(ctx.get('Content-Type'))) return null
  try {
    const length = ctx.request.length
    return new URLSearchParams(
      (await getRawBody(ctx.req, { limit: samlResponseBytesMax, ...(length === undefined ? {} : { length }) })).toString('utf8'),
    )
  } catch {
    return null
  }
}
