import { expect, test } from 'vitest'
import { addresses } from '@latchkey/application'
import { knexOrganizationRegister, knexScimCredentials, knexStorage } from '@latchkey/adapter-knex'
import type { OrganizationId, UserId } from '@latchkey/domain'
import { testDatabase } from '../database.ts'
import { insertUser, makeOrganization, newUser } from './rows.ts'
import { storageContract } from './storage.contract.ts'

storageContract(async () => {
  const { locations } = addresses('http://localhost:8080')
  const { database, close } = await testDatabase()
  /** Rows of one organisation, as row-level security shows them. */
  const rowsOf = <Row>(organization: OrganizationId, text: string): Promise<readonly Row[]> =>
    database.knex.transaction(async (transaction) => {
      await transaction.raw("select set_config('latchkey.organization', ?, true)", [organization])
      const answer: { readonly rows: Row[] } = await transaction.raw(text)
      return answer.rows
    })
  return {
    storage: knexStorage(database, { locations }),
    register: knexOrganizationRegister(database),
    credentials: knexScimCredentials(database),
    locations,
    events: (organization) =>
      rowsOf(organization, 'select (extract(epoch from at) * 1000)::double precision as at, actor, event from audit_events order by id'),
    ownerLinks: (organization) =>
      rowsOf(organization, `select user_id as "user", json_build_object('hmac', hmac, 'keyId', hmac_key_id) as digest from owner_links`),
    async queuedMails(organization) {
      const jobs: { readonly rows: { readonly mail: never }[] } = await database.knex.raw(
        "select payload->'mail' as mail from graphile_worker._private_jobs where payload->>'organization' = ? order by id",
        [organization],
      )
      return jobs.rows.map(({ mail }) => mail)
    },
    close,
  }
})

test('transactions that meet in a deadlock are run again until both are through', async () => {
  const { database, close } = await testDatabase()
  try {
    const storage = knexStorage(database, { locations: addresses('http://localhost:8080').locations })
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'))
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    let attempts = 0
    /** Locks one, waits until the other transaction has locked the other one, and wants that one too. */
    const cross = (mine: UserId, theirs: UserId, iHaveMine: () => void, theyHaveTheirs: Promise<void>) =>
      storage.transaction(id, async ({ users }) => {
        attempts += 1
        const first = await users.lock(mine)
        iHaveMine()
        await theyHaveTheirs
        const second = await users.lock(theirs)
        for (const record of [first, second]) if (record) await users.save(record, record.user, record.attributes)
      })
    const [adaIsLocked, lockAda] = signal()
    const [graceIsLocked, lockGrace] = signal()
    await Promise.all([cross(ada.id, grace.id, lockAda, graceIsLocked), cross(grace.id, ada.id, lockGrace, adaIsLocked)])
    expect(attempts).toBeGreaterThan(2)
    expect(await storage.read(id, async ({ users }) => (await users.get(ada.id, { groups: false }))?.record.version)).toBe(3)
  } finally {
    await close()
  }
})

function signal(): readonly [Promise<void>, () => void] {
  let give: () => void = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return [given, () => give()]
}
