/**
 * The floor: what Koa and PostgreSQL cost when nothing else is done. A bearer check, the one statement that an operation cannot do without, and an
 * answer of the size a client expects. No schema, no versions, no audit, no tenants.
 */
import Koa from 'koa'
import { randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import pg from 'pg'

const token = process.env['FLOOR_TOKEN'] ?? ''
const pool = new pg.Pool({
  connectionString: process.env['FLOOR_DATABASE_URL'],
  max: Number(process.env['FLOOR_POOL_MAX']),
  options: '-c search_path=floor',
})

interface Row {
  readonly id: string
  readonly document: Record<string, unknown>
}

const resource = ({ id, document }: Row) => ({ ...document, id })
const list = (rows: readonly Row[], totalResults: number) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults,
  startIndex: 1,
  itemsPerPage: rows.length,
  Resources: rows.map(resource),
})

async function one(name: string, statement: string, values: unknown[]): Promise<Row | undefined> {
  return (await pool.query<Row>({ name, text: statement, values })).rows[0]
}

async function users(name: string, condition: string, values: unknown[]) {
  const { rows } = await pool.query<Row>({ name, text: `select users.id, document from users ${condition}`, values })
  return list(rows, rows.length)
}

async function page(count: number, startIndex: number) {
  const [{ rows }, total] = await Promise.all([
    pool.query<Row>({
      name: 'page',
      text: 'select id, document from users order by id limit $1 offset $2',
      values: [count, startIndex - 1],
    }),
    pool.query<{ count: string }>({ name: 'count', text: 'select count(*) from users' }),
  ])
  return list(rows, Number(total.rows[0]?.count))
}

/** A change of members is two statements that hold together. */
async function inTransaction(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await work(client)
    await client.query('commit')
  } finally {
    client.release()
  }
}

interface Patch {
  readonly Operations: readonly [{ readonly op: string; readonly path: string; readonly value?: unknown }]
}

async function patchGroup(id: string, { Operations: [{ op, path, value }] }: Patch): Promise<void> {
  const named = Array.isArray(value) ? value.map((member: { value: string }) => member.value) : [/"(.*)"/.exec(path)?.[1] ?? '']
  await inTransaction(async (client) => {
    await client.query({ name: 'group', text: 'update groups set version = version + 1 where id = $1', values: [id] })
    await client.query(
      op === 'add'
        ? {
            name: 'join',
            text: 'insert into memberships (group_id, user_id) select $1, unnest($2::uuid[]) on conflict do nothing',
            values: [id, named],
          }
        : { name: 'leave', text: 'delete from memberships where group_id = $1 and user_id = any($2::uuid[])', values: [id, named] },
    )
  })
}

async function getGroup(id: string, withMembers: boolean) {
  const group = await one('get-group', 'select id, document from groups where id = $1', [id])
  if (!group || !withMembers) return group && resource(group)
  const { rows } = await pool.query<{ id: string; display: string }>({
    name: 'members',
    text: `select users.id, document->>'displayName' as display from memberships join users on users.id = user_id where group_id = $1`,
    values: [id],
  })
  return { ...resource(group), members: rows.map(({ id: value, display }) => ({ value, display })) }
}

const filters: Readonly<Record<string, string>> = {
  userName: 'where user_name = $1',
  externalId: 'where external_id = $1',
  'emails.value': 'join emails on user_id = users.id where value = $1',
}

const app = new Koa()
app.use(async (ctx) => {
  if (ctx.get('Authorization') !== `Bearer ${token}`) ctx.throw(401)
  const [, type, id] = ctx.path.split('/')
  const body = ctx.method === 'GET' ? null : JSON.parse(await text(ctx.req))
  ctx.type = 'application/scim+json'
  switch (`${ctx.method} ${type}`) {
    case 'GET Users': {
      const [, name = '', value = ''] = /^(\S+) eq "(.*)"$/.exec(String(ctx.query['filter'] ?? '')) ?? []
      if (id) ctx.body = resource((await one('get', 'select id, document from users where id = $1', [id])) ?? ctx.throw(404))
      else if (name) ctx.body = await users(name, filters[name] ?? '', [value])
      else ctx.body = await page(Number(ctx.query['count'] ?? 100), Number(ctx.query['startIndex'] ?? 1))
      break
    }
    case 'POST Users': {
      const values = [randomUUID(), body.userName, body.externalId, JSON.stringify(body), body.emails[0].value]
      const statement = `with made as (insert into users (id, user_name, external_id, document) values ($1, $2, $3, $4) returning id)
        insert into emails (user_id, value) select id, $5 from made`
      await pool.query({ name: 'create', text: statement, values })
      ctx.status = 201
      ctx.body = { ...body, id: values[0] }
      break
    }
    case 'PUT Users': {
      const statement = 'update users set user_name = $2, external_id = $3, document = $4 where id = $1'
      await pool.query({ name: 'put', text: statement, values: [id, body.userName, body.externalId, JSON.stringify(body)] })
      ctx.body = { ...body, id }
      break
    }
    case 'PATCH Users': {
      const statement = `update users set document = document || jsonb_build_object('active', $2::boolean) where id = $1 returning id, document`
      ctx.body = resource((await one('patch', statement, [id, (body as Patch).Operations[0].value])) ?? ctx.throw(404))
      break
    }
    case 'PATCH Groups':
      await patchGroup(id ?? '', body)
      ctx.status = 204
      break
    case 'GET Groups':
      ctx.body = (await getGroup(id ?? '', ctx.query['excludedAttributes'] === undefined)) ?? ctx.throw(404)
      break
    default:
      ctx.throw(404)
  }
})

const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`floor listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
