import { plainLetters, settableClock } from '@latchkey/adapter-memory'
import { AccountMail, DestroyWithheldGrants, HolderMail, RequestGroupKey, TellHolders, addresses } from '@latchkey/application'
import { dayMs, hourMs, minuteMs } from '@latchkey/domain'
import { expect, test } from 'vitest'
import { openMemory } from '../contracts/open-memory.ts'
import { GroupKeyWorld } from '../properties/group-key-world.ts'

/** Two people of whom the first holds the key, on a clock that is set by hand. */
async function world() {
  const clock = settableClock()
  const subject = await openMemory(clock)
  const crew = await GroupKeyWorld.with(subject, 2)
  for (const who of [0, 1]) {
    await crew.put(who)
    await crew.setUpKey(who)
  }
  await crew.make(0)
  const { storage, register } = subject
  const mail = new HolderMail({
    mail: new AccountMail({ letters: plainLetters, addresses: addresses('http://localhost:8080') }),
  })
  const mails = async () => (await subject.queuedMails(crew.organization.id)).map(({ to, key }) => [to, key.split('.')[0]])
  return { clock, subject, crew, mails, storage, register, mail }
}

test('holders are told that somebody waits: not at once, once a day, and not when nobody waits', async () => {
  const { clock, crew, mails, storage, register, mail } = await world()
  const tell = new TellHolders({ storage, register, mail })
  clock.advance(10 * minuteMs)
  await tell.execute()
  expect(await mails()).toEqual([])
  clock.advance(2 * hourMs)
  await tell.execute()
  await tell.execute()
  expect(await mails()).toEqual([['person-0@crew.example', 'group-key-awaited']])
  clock.advance(dayMs)
  await tell.execute()
  expect(await mails()).toHaveLength(2)
  await crew.approve(0)
  clock.advance(dayMs)
  await tell.execute()
  expect(await mails()).toHaveLength(2)
})

test('whoever asks for a key has the holders told at once, and whoever has it, or is in no such group, asks for nothing', async () => {
  const { crew, mails, storage, mail } = await world()
  const request = new RequestGroupKey({ storage, mail })
  const ask = async (who: number) => {
    const person = await crew.signedIn(who)
    if (!person) throw new Error('Nobody is signed in.')
    return request.execute(person, crew.group)
  }
  expect(await ask(1)).toEqual({ ok: true, value: undefined })
  expect(await ask(1)).toEqual({ ok: true, value: undefined })
  expect(await mails()).toEqual([['person-0@crew.example', 'group-key-awaited']])
  expect(await ask(0)).toEqual({ ok: false, error: 'nothing-to-request' })
  await crew.take(1)
  expect(await ask(1)).toEqual({ ok: false, error: 'group-not-found' })
})

test('LIF-6: what was withheld is destroyed after the retention period, and not while it may come back', async () => {
  const { clock, subject, crew, storage, register } = await world()
  await crew.approve(0)
  const destroy = new DestroyWithheldGrants({ storage, register })
  const day = async () => {
    clock.advance(dayMs)
    await destroy.execute()
  }
  await crew.take(1)
  for (let passed = 0; passed < 29; passed += 1) await day()
  await crew.put(1)
  expect(await crew.open(1)).not.toBeNull()
  await day()
  await crew.take(1)
  for (let passed = 0; passed < 33; passed += 1) await day()
  await crew.put(1)
  expect(await crew.open(1)).toBeNull()
  // The holder's browser still believes the chain, and gives the key anew.
  expect(await crew.approve(0)).toBe('done')
  expect(await crew.open(1)).not.toBeNull()
  const destroyed = (await subject.events(crew.organization.id)).filter(({ event }) => event.kind === 'withheld-grants-destroyed')
  expect(destroyed.map(({ event }) => event)).toEqual([{ kind: 'withheld-grants-destroyed', grants: 1 }])
})
