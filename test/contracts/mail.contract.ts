import { expect, test } from 'vitest'
import type { OutgoingMail } from '@latchkey/application'
import { insertUser, makeOrganization, newMail, newUser } from './rows.ts'
import type { Subject } from './storage.contract.ts'

export function mailContract(subject: Subject): void {
  test('a mail is queued as it is, with the transaction', async () => {
    const { storage, queuedMails } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const mail: OutgoingMail = {
      ...newMail('set-up.1'),
      user: user.id,
      subject: 'Grüße "an" 😀',
      text: 'a\nb\\c',
      html: '<p>&amp;</p>',
    }
    await storage.transaction(id, ({ outbox }) => outbox.append(mail))
    expect(await queuedMails(id)).toEqual([mail])
  })

  test('one mail waits for one key, the one that was queued last; another organisation’s keys are its own', async () => {
    const { storage, queuedMails } = subject()
    const { id } = await makeOrganization(storage)
    const other = await makeOrganization(storage)
    for (const subject of ['First', 'Second', 'Third']) {
      await storage.transaction(id, ({ outbox }) => outbox.append(newMail('set-up.1', { subject })))
    }
    await storage.transaction(other.id, ({ outbox }) => outbox.append(newMail('set-up.1')))
    await storage.transaction(id, ({ outbox }) => outbox.append(newMail('set-up.2')))
    expect((await queuedMails(id)).map(({ key, subject }) => [key, subject])).toEqual([
      ['set-up.1', 'Third'],
      ['set-up.2', 'Hello'],
    ])
    expect(await queuedMails(other.id)).toHaveLength(1)
  })

  test('what was sent is known by its key, and noting it twice is noting it once', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const other = await makeOrganization(storage)
    await storage.transaction(id, async ({ mailLog }) => {
      expect(await mailLog.wasSent('set-up.1')).toBe(false)
      await mailLog.noteSent('set-up.1', 'ada@example.com')
      await mailLog.noteSent('set-up.1', 'ada@example.com')
      expect(await mailLog.wasSent('set-up.1')).toBe(true)
      expect((await mailLog.sentSince({ toAddress: 0, inAll: 0 }, 'ada@example.com')).inAll).toBe(1)
    })
    expect(await storage.read(other.id, ({ mailLog }) => mailLog.wasSent('set-up.1'))).toBe(false)
  })

  test('mails are counted by address, in any spelling, and in all, each since a moment', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const times: number[] = []
    for (const [key, to] of [
      ['1', 'ada@münchen.example'],
      ['2', 'ADA@xn--mnchen-3ya.example'],
      ['3', 'grace@example.com'],
    ] as const) {
      times.push(
        await storage.transaction(id, async ({ mailLog, now }) => {
          await mailLog.noteSent(key, to)
          return now
        }),
      )
    }
    await storage.read(id, async ({ mailLog }) => {
      const [first, , third] = times
      const sent = (toAddress: number, inAll: number, to: string) => mailLog.sentSince({ toAddress, inAll }, to)
      expect(await sent(first!, first!, 'Ada@MÜNCHEN.example')).toEqual({ toAddress: 2, inAll: 3 })
      expect(await sent(first!, third! + 1, 'Ada@MÜNCHEN.example')).toEqual({ toAddress: 2, inAll: 0 })
      expect(await sent(third! + 1, first!, 'Ada@MÜNCHEN.example')).toEqual({ toAddress: 0, inAll: 3 })
      expect(await sent(third! + 1, third! + 1, 'ada@münchen.example')).toEqual({ toAddress: 0, inAll: 0 })
    })
  })
}
