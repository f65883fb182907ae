import { expect, test } from 'vitest'
import { openPostgres } from '../contracts/open-postgres.ts'
import { GroupKeyWorld } from '../properties/group-key-world.ts'

test('a provider that changes a group waits for nobody who makes or grants its key', async () => {
  const subject = await openPostgres()
  try {
    const world = await GroupKeyWorld.with(subject, 3)
    for (const who of [0, 1]) {
      await world.put(who)
      await world.setUpKey(who)
    }
    await world.make(0)
    await subject.storage.transaction(world.organization.id, async ({ groupKeys }) => {
      await groupKeys.lock(world.group)
      await groupKeys.saveGrants(world.group, 1, [
        {
          ...{ recipient: world.people[1]!.id, fingerprint: 'f', issuer: world.people[0]!.id, approval: 'by-hand' },
          ...{ statement: 's', signature: 's', sealed: 's' },
        },
      ])
      // Within the transaction that grants: were anything of this locked, it would wait for the end of what waits for it.
      await world.put(2)
      await world.take(1)
      await world.remove(2)
      await world.removeGroup()
      expect(await world.state()).toBeNull()
    })
  } finally {
    await subject.close()
  }
})
