import { SealAudit, VerifyAudit } from '@latchkey/application'
import { knexOrganizationRegister } from '@latchkey/adapter-knex'
import { readablePersonalSeals } from '@latchkey/adapter-memory'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Client } from 'pg'
import { sha256 } from '../sha256.ts'
import { type FilledDirectory, filledDirectory } from './directory.ts'

let directory: FilledDirectory
/** Somebody for whom neither policies nor grants count: the operator of the database. */
let operator: Client

beforeAll(async () => {
  directory = await filledDirectory()
  operator = new Client({ connectionString: directory.url.replace('latchkey@/', 'postgres@/') })
  await operator.connect()
  await directory.storage.transaction(directory.organization, async ({ audit }) => {
    for (let number = 0; number < 10; number += 1) await audit.append({ kind: 'operator' }, { kind: 'scim-enabled' })
  })
  const ports = { storage: directory.storage, register: knexOrganizationRegister(directory.database), sha256 }
  await new SealAudit({ ...ports, personalSeals: readablePersonalSeals() }).execute()
})
afterAll(async () => {
  await operator.end()
  await directory.close()
})

async function firstBroken() {
  const organization = await directory.storage.read(directory.organization, (stores) => stores.organization.get())
  return (await new VerifyAudit({ storage: directory.storage, sha256 }).execute(organization)).firstBroken
}

test('a sealed event is neither changed nor unsealed by what the server may do', async () => {
  await expect(directory.inside("update audit_events set event = '{}'")).rejects.toThrow(/permission denied/)
  await expect(directory.inside('update audit_events set at = now()')).rejects.toThrow(/permission denied/)
  await directory.inside("update audit_events set hash = 'forged'")
  await directory.inside('delete from audit_events')
  expect(await firstBroken()).toBeNull()
  expect(await directory.inside('select id from audit_events')).toHaveLength(10)
})

test.each(['1, null, null', "1, '', null", "null, null, 'forged'", "1, '', 'forged'"])(
  'no event is appended sealed, as %s',
  async (seal) => {
    const event = `'${directory.organization}', now(), '{"kind": "operator"}', '{"kind": "scim-enabled"}', ${seal}`
    const insert = `insert into audit_events (org_id, at, actor, event, sequence, previous_hash, hash) values (${event})`
    await expect(directory.inside(insert)).rejects.toThrow(/row-level security/)
  },
)

test.each(['sequence = 11', "sequence = 11, hash = 'forged'", "hash = 'forged'", "previous_hash = '', hash = 'forged'"])(
  'no event is sealed by half, as with %s',
  async (seal) => {
    await directory.storage.transaction(directory.organization, ({ audit }) => audit.append({ kind: 'operator' }, { kind: 'scim-enabled' }))
    await expect(directory.inside(`update audit_events set ${seal} where sequence is null`)).rejects.toThrow(/row-level security/)
    await operator.query('delete from audit_events where sequence is null')
  },
)

test.each([
  ['an edit', 'update audit_events set event = \'{"kind": "scim-disabled"}\' where sequence = 4', { sequence: 4, fault: 'altered' }],
  ['an earlier time', "update audit_events set at = at - interval '1 ms' where sequence = 1", { sequence: 1, fault: 'altered' }],
  ['a removal', 'delete from audit_events where sequence = 7', { sequence: 7, fault: 'missing' }],
  ['the removal of the last', 'delete from audit_events where sequence = 10', { sequence: 10, fault: 'missing' }],
  [
    'a change of places',
    'update audit_events set sequence = -sequence where sequence in (3, 8); update audit_events set sequence = 11 + sequence where sequence < 0',
    { sequence: 3, fault: 'misplaced' },
  ],
])('%s by the database’s operator is found and named', async (_what, statements, broken) => {
  await operator.query('create table kept as table audit_events')
  for (const statement of statements.split('; ')) await operator.query(statement)
  expect(await firstBroken()).toEqual(broken)
  await operator.query('delete from audit_events')
  await operator.query('insert into audit_events overriding system value table kept')
  await operator.query('drop table kept')
  expect(await firstBroken()).toBeNull()
})

test('what is read to seal follows what is new, not what was sealed', async () => {
  const [row] = await directory.inside<{ 'QUERY PLAN': object }>(
    `explain (format json) select id from audit_events where org_id = '${directory.organization}' and sequence is null order by id limit 1000`,
  )
  expect(JSON.stringify(row)).toContain('audit_events_unsealed')
})
