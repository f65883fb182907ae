import { readFile } from 'node:fs/promises'
import { shareEmbeddedPostgres } from '@latchkey/embedded-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, type ScimClient, groupSchema, scimClient, userSchema } from '../../scim-client.ts'
import { type TestServer, startServer } from '../../server.ts'
import { rowNumbered } from './rows.ts'

export const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'
export const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
export const searchSchema = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
export const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
export const bulkSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
export const accountSchema = 'urn:latchkey:scim:schemas:extension:account:1.0:User'

/** A running server on PostgreSQL with two organisations, and clients of them. */
export interface World {
  readonly server: TestServer
  /** A token in tolerant mode, as every token is unless it says otherwise. */
  readonly scim: ScimClient
  /** The same organisation, by a token in strict mode. */
  readonly strict: ScimClient
  /** Another organisation. */
  readonly other: ScimClient
  readonly token: string
}

let world: World

beforeAll(async () => {
  const server = await startServer()
  const { token } = await server.organization('acme')
  const strict = await server.latchkey('scim-token', 'create', '--org', 'acme', '--description', 'Strict', '--mode', 'strict')
  const other = await server.organization('other')
  world = {
    server,
    scim: scimClient(server.scimUrl, token),
    strict: scimClient(server.scimUrl, strict['token'] ?? ''),
    other: scimClient(server.scimUrl, other.token),
    token,
  }
})
afterAll(() => world.server.stop())

/** The test of one row, named by its number. Every row makes the resources it needs, under names of its own. */
export function row(number: number, see: (world: World) => Promise<void>): void {
  seen(`R-${number} ${rowNumbered(number).situation}`, see)
}

/** A test of the same world that is not of one row. */
export function seen(name: string, see: (world: World) => Promise<void>): void {
  test(name, () => see(world))
}

/** What a client sees of another process of the same deployment, with the same database and the same secret key. */
export async function atSecondProcess(
  { server: first }: World,
  environment: Record<string, string>,
  see: (server: TestServer) => Promise<void>,
): Promise<void> {
  const postgres = await shareEmbeddedPostgres({ dataFolder: first.dataFolder })
  try {
    const secretKey = (await readFile(`${first.dataFolder}/secret-key`, 'utf8')).trim()
    const server = await startServer({
      environment: { LATCHKEY_DATABASE_URL: postgres.url, LATCHKEY_SECRET_KEY: secretKey, ...environment },
    })
    await see(server).finally(() => server.stop())
  } finally {
    await postgres.stop()
  }
}

let named = 0

/** A name that no other row uses. */
export function fresh(stem = 'row'): string {
  named += 1
  return `${stem}${named}.${Math.random().toString(36).slice(2, 10)}`
}

export type Body = Answer['body']

/** A user that was created. */
export async function user(scim: ScimClient, attributes: object = {}): Promise<Body> {
  return created(await scim.post('/Users', { schemas: [userSchema], userName: fresh('user'), ...attributes }))
}

/** A group that was created. */
export async function group(scim: ScimClient, members: readonly string[] = [], attributes: object = {}): Promise<Body> {
  const body = { schemas: [groupSchema], displayName: fresh('group'), members: members.map((value) => ({ value })), ...attributes }
  return created(await scim.post('/Groups', body))
}

export function created(answer: Answer): Body {
  expect(answer.body?.detail).toBeUndefined()
  expect(answer.status).toBe(201)
  return answer.body
}

/** The answer is a SCIM error with this status, and with this `scimType` or none. */
export function expectError(answer: Answer, status: number, scimType?: string): void {
  expect([answer.status, answer.body?.scimType]).toEqual([status, scimType])
  expect(answer.body).toMatchObject({ schemas: [errorSchema], status: String(status), detail: expect.any(String) })
}

/** The resources of a list, by a filter that is encoded here. */
export async function found(scim: ScimClient, filter: string, type = 'Users', rest = ''): Promise<Body[]> {
  const { status, body } = await scim.get(`/${type}?filter=${encodeURIComponent(filter)}${rest}`)
  expect([status, body.detail]).toEqual([200, undefined])
  return body.Resources
}

export async function namesFound(scim: ScimClient, filter: string, rest = ''): Promise<string[]> {
  return (await found(scim, filter, 'Users', rest)).map(({ userName }) => userName)
}

export const filtered = (scim: ScimClient, filter: string, type = 'Users') => scim.get(`/${type}?filter=${encodeURIComponent(filter)}`)

/** What a resource is now. */
export async function read(scim: ScimClient, { meta: { resourceType }, id }: Body): Promise<Body> {
  const { status, body } = await scim.get(`/${resourceType}s/${id}`)
  expect(status).toBe(200)
  return body
}
