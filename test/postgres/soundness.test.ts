import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../database.ts'

let open: TestDatabase
let client: Client
const organization = randomUUID()

beforeAll(async () => {
  open = await testDatabase()
  client = new Client({ connectionString: open.url })
  await client.connect()
  await client.query("select set_config('latchkey.organization', $1, false)", [organization])
  const text = "insert into organizations (id, slug, name, scim_enabled, created_at) values ($1, 'acme', 'Acme', true, now())"
  await client.query(text, [organization])
})
afterAll(async () => {
  await client.end()
  await open.close()
})

const sound = {
  managed_by: 'scim',
  role: null as string | null,
  directory: 'enabled',
  deleted_at: null as string | null,
  link_connection_id: null as string | null,
  link_subject: null as string | null,
  key_state: 'none',
  key_version: 0,
  key_encryption_public: null as string | null,
  key_signing_public: null as string | null,
  key_fingerprint: null as string | null,
  key_envelope: null as string | null,
  key_envelope_version: null as number | null,
  key_registered_at: null as string | null,
  key_reset_requested_at: null as string | null,
  key_reset_effective_at: null as string | null,
}
const time = '2026-11-27T00:00:00Z'
const registered = {
  ...sound,
  key_state: 'registered',
  key_version: 1,
  key_encryption_public: 'e',
  key_signing_public: 's',
  key_fingerprint: 'f',
  key_envelope: 'v',
  key_envelope_version: 1,
  key_registered_at: time,
}

async function insert(facts: typeof sound): Promise<string> {
  const id = randomUUID()
  const row = {
    org_id: organization,
    id,
    user_name: id,
    user_name_key: id,
    ...facts,
    set_up_mail_queued: false,
    attributes: '{}',
    search: '{}',
  }
  const more = { ...row, display_key: '', version: 1, created_at: time, last_modified_at: time }
  const names = Object.keys(more)
  await client.query(
    `insert into users (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(more),
  )
  return id
}

test('users as the domain knows them are stored', async () => {
  for (const facts of [
    sound,
    registered,
    { ...registered, key_reset_requested_at: time, key_reset_effective_at: time },
    { ...sound, role: 'owner', managed_by: 'local' },
    { ...sound, directory: 'deleted', deleted_at: time },
    { ...sound, link_connection_id: randomUUID(), link_subject: 'subject' },
  ])
    await expect(insert(facts)).resolves.toBeDefined()
})

const unsound: readonly (readonly [string, Partial<typeof sound>])[] = [
  ['another directory', { directory: 'suspended' }],
  ['another state of the key', { key_state: 'lost' }],
  ['another role', { role: 'root' }],
  ['another manager', { managed_by: 'nobody' }],
  ['deleted without a time', { directory: 'deleted' }],
  ['enabled with a time of deletion', { deleted_at: time }],
  ['half a link', { link_subject: 'subject' }],
  ['a fingerprint without a key', { key_fingerprint: 'f' }],
  ['a reset of no key', { key_reset_requested_at: time, key_reset_effective_at: time }],
  ['an owner whom SCIM manages', { role: 'owner' }],
  ['a key version below nothing', { key_version: -1 }],
]

test.each(unsound)('nobody is stored with %s', async (_what, facts) => {
  await expect(insert({ ...sound, ...facts })).rejects.toMatchObject({ code: '23514' })
  const id = await insert(sound)
  const [assignments, values] = [Object.keys(facts).map((name, index) => `${name} = $${index + 2}`), Object.values(facts)]
  await expect(client.query(`update users set ${assignments.join(', ')} where id = $1`, [id, ...values])).rejects.toMatchObject({
    code: '23514',
  })
})

test.each(['key_encryption_public', 'key_signing_public', 'key_fingerprint', 'key_envelope', 'key_envelope_version', 'key_registered_at'])(
  'nobody is stored with a registered key that has no %s',
  async (name) => {
    await expect(insert({ ...registered, [name]: null })).rejects.toMatchObject({ code: '23514' })
    const id = await insert(registered)
    await expect(client.query(`update users set ${name} = null where id = $1`, [id])).rejects.toMatchObject({ code: '23514' })
  },
)
