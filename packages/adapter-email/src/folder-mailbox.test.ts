import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { folderMailbox } from './folder-mailbox.ts'
import { folderMailer } from './folder-mailer.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-mailbox-'))
})
afterEach(() => rm(folder, { recursive: true }))

const mail = {
  to: 'ada@acme.example',
  subject: 'Łódź <b>',
  text: 'Grüße 山田\nhttps://keys.example/x',
  html: '<p>x</p>',
  messageId: '<1@keys.example>',
}

test('mails that were kept are read as they were written, the latest first', async () => {
  const send = (at: number, subject: string, messageId: string) =>
    folderMailer({ folder, from: 'no-reply@keys.example', now: () => at }).send({ ...mail, subject, messageId })
  await send(Date.UTC(2026, 0, 31, 23, 59, 59, 999), mail.subject, '<1@keys.example>')
  await send(Date.UTC(2026, 1, 1), 'second', '<2@keys.example>')
  const [second, first] = await folderMailbox(folder).list()
  expect(second?.subject).toBe('second')
  expect(first).toMatchObject({ at: Date.UTC(2026, 0, 31, 23, 59, 59, 999), to: mail.to, subject: mail.subject })
  expect(first?.text.trimEnd()).toBe(mail.text)
  expect(await folderMailbox(folder).read(first!.name)).toEqual(first)
})

test('no other file is read, in the folder or outside it', async () => {
  await writeFile(join(folder, 'secret.eml'), 'Subject: secret\r\n\r\nsecret')
  expect(await folderMailbox(folder).list()).toEqual([])
  for (const name of ['secret.eml', '../secret-key', `20260101T000000000Z-${'0'.repeat(32)}.eml`]) {
    expect(await folderMailbox(folder).read(name)).toBeUndefined()
  }
})

test('a folder that no mail has made yet is empty', async () => {
  expect(await folderMailbox(join(folder, 'mail')).list()).toEqual([])
})
