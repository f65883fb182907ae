/**
 * The floor: what Koa and PostgreSQL cost when nothing else is done. A bearer check, one statement (which is one durable transaction) for each operation,
 * and an answer of the size a client expects. No schema, no versions, no audit, no tenants.
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
  readonly groups?: NamesOfGroups | null
}

/** By the id of the group. It costs PostgreSQL less than a list of objects. */
type NamesOfGroups = Readonly<Record<string, string>>

const namesOfGroups = `json_object_agg(groups.id, groups.document->>'displayName') as groups
  from memberships join groups on groups.id = group_id`
const ofUser = `id, document, (select ${namesOfGroups} where user_id = users.id) as groups`

const resource = ({ id, document, groups }: Row) => ({ ...document, id, ...groupsOf(groups) })
const groupsOf = (names: NamesOfGroups | null | undefined) =>
  names && { groups: Object.entries(names).map(([value, display]) => ({ value, display })) }
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
  const { rows } = await pool.query<Row>({ name, text: `select ${ofUser} from users ${condition}`, values })
  return list(rows, rows.length)
}

/**
 * Some users, with their groups and with how many users there are, since SCIM wants that told with every page. The groups of all are read at once: for each
 * user by itself it takes twice as long.
 */
const pageOf = (some: string) => `with page as (select id, document from users ${some})
  select page.id, document, groups, (select count(*) from users) as total
  from page left join (select user_id, ${namesOfGroups} where user_id = any(array(select id from page)) group by user_id) as named on user_id = page.id
  order by page.id`

// PostgreSQL plans a statement anew each time if it sees that a limit is smaller than it would have guessed, which takes more than half as long as the groups do.
// It sees parameters, but not what is selected.
const byIndex = pageOf('order by id limit (select $1::bigint) offset (select $2::bigint)')
const byCursor = pageOf('where id > $2 order by id limit (select $1::bigint)')

/** By index, or behind the last id of the page before. */
async function page(count: number, startIndex: number, cursor: string | null) {
  const statement =
    cursor === null
      ? { name: 'page', text: byIndex, values: [count, startIndex - 1] }
      : { name: 'page-behind', text: byCursor, values: [count, cursor === '' ? '00000000-0000-0000-0000-000000000000' : cursor] }
  const { rows } = await pool.query<Row & { total: string }>(statement)
  return { ...list(rows, Number(rows[0]?.total ?? 0)), ...(cursor === null ? {} : { nextCursor: rows.at(-1)?.id }) }
}

interface Patch {
  readonly Operations: readonly [{ readonly op: string; readonly path: string; readonly value?: unknown }]
}

/** A change of members is two that hold together. */
async function patchGroup(id: string, { Operations: [{ op, path, value }] }: Patch): Promise<void> {
  const named = Array.isArray(value) ? value.map((member: { value: string }) => member.value) : [/"(.*)"/.exec(path)?.[1] ?? '']
  const changed = 'with changed as (update groups set version = version + 1 where id = $1 returning id)'
  const members =
    op === 'add'
      ? 'insert into memberships (group_id, user_id) select changed.id, unnest($2::uuid[]) from changed on conflict do nothing'
      : 'delete from memberships using changed where group_id = changed.id and user_id = any($2::uuid[])'
  await pool.query({ name: op === 'add' ? 'join' : 'leave', text: `${changed} ${members}`, values: [id, named] })
}

async function getGroup(id: string, withMembers: boolean) {
  if (!withMembers) {
    const group = await one('get-group', 'select id, document from groups where id = $1', [id])
    return group && resource(group)
  }
  const { rows } = await pool.query<Row & { member: string | null; display: string }>({
    name: 'get-group-with-members',
    text: `select groups.id, groups.document, users.id as member, users.document->>'displayName' as display
      from groups left join memberships on group_id = groups.id left join users on users.id = user_id where groups.id = $1`,
    values: [id],
  })
  const [group] = rows
  const members = rows.filter(({ member }) => member !== null).map(({ member: value, display }) => ({ value, display }))
  return group && { ...resource(group), members }
}

/** A user and its address. */
const create = `with made as (insert into users (id, user_name, external_id, document) values ($1, $2, $3, $4) returning id)
  insert into emails (user_id, value) select id, $5 from made`

// The address may have changed.
const replace = `with replaced as (update users set user_name = $2, external_id = $3, document = $4 where id = $1 returning id),
    gone as (delete from emails using replaced where user_id = replaced.id and value <> $5),
    kept as (insert into emails (user_id, value) select id, $5 from replaced on conflict do nothing)
  select ${namesOfGroups} where user_id = $1`

interface User {
  readonly userName: string
  readonly externalId: string
  readonly emails: readonly [{ readonly value: string }]
}

const valuesOf = (id: string, user: User) => [id, user.userName, user.externalId, JSON.stringify(user), user.emails[0].value]

async function makeUser(user: User) {
  const id = randomUUID()
  await pool.query({ name: 'create', text: create, values: valuesOf(id, user) })
  return { ...user, id }
}

/** One transaction for each, one after the other. */
async function bulk({ Operations }: { readonly Operations: readonly { readonly bulkId: string; readonly data: User }[] }) {
  const done = []
  for (const { bulkId, data } of Operations) {
    const { id } = await makeUser(data)
    done.push({ method: 'POST', bulkId, location: `/Users/${id}`, status: '201' })
  }
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'], Operations: done }
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
      if (id) ctx.body = resource((await one('get', `select ${ofUser} from users where id = $1`, [id])) ?? ctx.throw(404))
      else if (name) ctx.body = await users(name, filters[name] ?? '', [value])
      else {
        const cursor = ctx.query['cursor'] === undefined ? null : String(ctx.query['cursor'])
        ctx.body = await page(Number(ctx.query['count'] ?? 100), Number(ctx.query['startIndex'] ?? 1), cursor)
      }
      break
    }
    case 'POST Users':
      ctx.status = 201
      ctx.body = await makeUser(body)
      break
    case 'PUT Users': {
      const { rows } = await pool.query<Pick<Row, 'groups'>>({ name: 'put', text: replace, values: valuesOf(id ?? '', body) })
      ctx.body = { ...body, id, ...groupsOf(rows[0]?.groups) }
      break
    }
    case 'POST Bulk':
      ctx.body = await bulk(body)
      break
    case 'PATCH Users': {
      const statement = `update users set document = document || jsonb_build_object('active', $2::boolean) where id = $1 returning ${ofUser}`
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
