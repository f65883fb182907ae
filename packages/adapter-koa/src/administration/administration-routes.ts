import Router from '@koa/router'
import type {
  Addresses,
  GroupKeyRecords,
  KeyReset,
  Members,
  ReadRecords,
  RestoreGroup,
  RestoreUser,
  RoleMappings,
  ScimTokens,
  SsoConnections,
  VerifyAudit,
} from '@latchkey/application'
import type { Context } from 'koa'
import { Readable } from 'node:stream'
import { ZodError } from 'zod'
import { bodyOf } from '../account/bodies.ts'
import { Problem, renderProblems } from '../account/problem.ts'
import type { Log } from '../log.ts'
import { exact } from '../middleware/exact.ts'
import { limitFailures } from '../middleware/rate-limits.ts'
import { Download, type Endpoint } from './endpoint.ts'
import { groupEndpoints } from './group-endpoints.ts'
import { groupKeyEndpoints } from './group-key-endpoints.ts'
import { memberEndpoints } from './member-endpoints.ts'
import { openApi } from './openapi.ts'
import { type OrganizationUseCases, organizationEndpoints } from './organization-endpoints.ts'
import { recordEndpoints } from './record-endpoints.ts'
import { type AdministratorGuard, administratorOf, requireAdministrator, requireRole } from './require-administrator.ts'
import { ssoEndpoints } from './sso-endpoints.ts'
import { tokenEndpoints } from './token-endpoints.ts'

export interface AdministrationUseCases extends AdministratorGuard, OrganizationUseCases {
  readonly scimTokens: ScimTokens
  readonly members: Members
  readonly restoreUser: RestoreUser
  readonly restoreGroup: RestoreGroup
  readonly groupKeyRecords: GroupKeyRecords
  readonly keyReset: KeyReset
  readonly ssoConnections: SsoConnections
  readonly readRecords: ReadRecords
  readonly roleMappings: RoleMappings
  readonly verifyAudit: VerifyAudit
}

const prefix = '/api/v1'

/** The admin API: its description, which is open, and everything that it describes, which is not. */
export function administrationRoutes(
  useCases: AdministrationUseCases,
  options: { readonly log: Log; readonly isUnavailable: (error: unknown) => boolean; readonly addresses: Addresses },
): readonly Router[] {
  const { locations } = options.addresses
  const endpoints: readonly Endpoint[] = [
    ...organizationEndpoints(useCases, locations),
    ...ssoEndpoints(useCases.ssoConnections, options.addresses),
    ...tokenEndpoints(useCases.scimTokens, useCases.readRecords, locations),
    ...memberEndpoints(useCases.members, useCases.restoreUser, useCases.keyReset),
    ...groupEndpoints(useCases),
    ...groupKeyEndpoints(useCases),
    ...recordEndpoints(useCases.readRecords, useCases.verifyAudit),
  ]
  const description = JSON.stringify(openApi(endpoints, locations.base.replace(/\/scim\/v2$/, prefix)))
  const open = new Router({ prefix, ...exact })
  open.get('/openapi.json', (ctx) => {
    ctx.type = 'application/json'
    ctx.body = description
  })

  const closed = new Router({ prefix, ...exact })
  closed.use(renderProblems(options), requireAdministrator(useCases, limitFailures()))
  for (const endpoint of endpoints) route(closed, useCases, endpoint)
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path))) {
    const allowed = endpoints.filter((endpoint) => endpoint.path === path).map(({ method }) => method.toUpperCase())
    closed.all(koaPath(path), (ctx) => {
      ctx.set('Allow', allowed.join(', '))
      throw new Problem(405, 'method-not-allowed', `This address serves ${allowed.join(', ')}.`)
    })
  }
  closed.all('/{*rest}', () => {
    throw new Problem(404, 'not-found', 'There is nothing at this address.')
  })
  return [open, closed]
}

function route(router: Router, useCases: AdministratorGuard, endpoint: Endpoint): void {
  const { method, path, body, status } = endpoint
  router[method](koaPath(path), requireRole(useCases, endpoint), async (ctx) => {
    const asked = { params: ctx['params'], query: { ...ctx.query }, body: body ? await bodyOf(ctx, body) : null }
    const answer = await endpoint.run(administratorOf(ctx), asked).catch((error: unknown) => {
      throw error instanceof ZodError ? refusedInput(error) : error
    })
    ctx.status = status
    if (answer instanceof Download) return send(ctx, answer)
    if (status !== 204) ctx.body = answer
  })
}

/** What fails before the first chunk is a problem like any other; what fails later breaks the connection, so that nobody takes a part for the whole. */
async function send(ctx: Context, { mediaType, fileName, chunks }: Download): Promise<void> {
  const rest = chunks[Symbol.asyncIterator]()
  const first = await rest.next()
  const stream = Readable.from(following(first, rest))
  stream.once('error', () => ctx.res.destroy())
  ctx.attachment(fileName)
  ctx.type = mediaType
  ctx.body = stream
}

async function* following(first: IteratorResult<string, unknown>, rest: AsyncIterator<string>): AsyncGenerator<string> {
  for (let next = first; !next.done; next = await rest.next()) yield next.value
}

/** What is no id names nothing: it is answered as an unknown one is (TEN-3). */
function refusedInput({ issues }: ZodError): Problem {
  const [issue] = issues
  if (issue?.path[0] === 'id') return new Problem(404, 'not-found', 'There is nothing at this address.')
  return new Problem(400, 'invalid-query', `${issue?.path.join('.') || 'The query'}: ${issue?.message ?? 'has another form'}.`)
}

function koaPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}
