import { expect, test } from 'vitest'
import type { UserId } from '@latchkey/domain'
import { openPostgres } from './open-postgres.ts'
import { insertUser, makeOrganization, newUser } from './rows.ts'
import { storageContract } from './storage.contract.ts'

storageContract(openPostgres)

test('transactions that meet in a deadlock are run again until both are through', async () => {
  const { storage, close } = await openPostgres()
  try {
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
