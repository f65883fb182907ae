import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { folderMailer } from './folder-mailer.ts'
import { letters } from './letters/letters.ts'

const from = 'Latchkey <no-reply@keys.example>'
const mail = { to: 'ada@acme.example', subject: 'Hello', text: 'Hi', html: '<p>Hi</p>', messageId: '<set-up.1@keys.example>' }

let home: string
let folder: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'latchkey-mail-'))
  folder = join(home, 'data', 'mail')
})

afterEach(() => rm(home, { recursive: true }))

async function onlyMail() {
  const names = await readdir(folder)
  expect(names).toHaveLength(1)
  return readFile(join(folder, names[0]!))
}

test('a mail is one file that any mail program reads', async () => {
  const letter = letters.setUp({
    organizationName: 'Łódź & Söhne',
    recipientName: '山田 太郎',
    signInUrl: 'https://keys.example/account/sign-in?organization=acme',
  })
  await folderMailer({ folder, from, now: () => Date.UTC(2026, 0, 31, 23, 59, 58) }).send({ ...mail, ...letter })

  const file = await onlyMail()
  const received = await PostalMime.parse(file)
  expect(received).toMatchObject({
    messageId: '<set-up.1@keys.example>',
    from: { name: 'Latchkey', address: 'no-reply@keys.example' },
    to: [{ name: '', address: 'ada@acme.example' }],
    subject: 'Finish setting up your Łódź & Söhne account',
    date: '2026-01-31T23:59:58.000Z',
  })
  // The line break before a boundary is the boundary's (RFC 2046 §5.1.1); readers differ on whether they keep it.
  expect(received.text?.trimEnd()).toBe(letter.text.trimEnd())
  expect(received.html?.trimEnd()).toBe(letter.html.trimEnd())
  expect(file.toString('latin1')).toMatch(/^Auto-Submitted: auto-generated\r$/m)
  expect(file.toString('latin1')).not.toMatch(/[^\r]\n/)
})

test('in a letter of plain words the link stands as it is', async () => {
  const signInUrl = `https://keys.example/account/sign-in?organization=acme-rockets-of-berlin`
  const letter = letters.setUp({ organizationName: 'Acme', recipientName: null, signInUrl })
  await folderMailer({ folder, from }).send({ ...mail, ...letter })
  expect((await onlyMail()).toString()).toContain(`\r\n${signInUrl}\r\n`)
})

test('the folder is for this user alone, and so is the file', async () => {
  await folderMailer({ folder, from }).send(mail)
  const [name] = await readdir(folder)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect((await stat(join(folder, name!))).mode & 0o777).toBe(0o600)
})

test('file names sort by time and hold nothing that anybody chose', async () => {
  let time = Date.UTC(2026, 0, 31, 23, 59, 59, 999)
  const mailer = folderMailer({ folder, from, now: () => time++ })
  for (const id of ['b', 'a', '../../c', 'x'.repeat(300)]) await mailer.send({ ...mail, subject: id, messageId: `<${id}@keys.example>` })

  const names = (await readdir(folder)).sort()
  for (const name of names) expect(name).toMatch(/^2026\d{4}T\d{9}Z-[0-9a-f]{32}\.eml$/)
  expect(names[0]).toMatch(/^20260131T235959999Z-/)
  const subjects = await Promise.all(names.map(async (name) => (await PostalMime.parse(await readFile(join(folder, name)))).subject))
  expect(subjects).toEqual(['b', 'a', '../../c', 'x'.repeat(300)])
})

test('a mail sent again replaces its file, and the copies differ in nothing but the date', async () => {
  let time = Date.UTC(2026, 0, 1)
  const mailer = folderMailer({ folder, from, now: () => time })
  await mailer.send(mail)
  const first = (await onlyMail()).toString()
  time += 3_600_000
  await mailer.send(mail)
  const second = (await onlyMail()).toString()

  expect(second).not.toBe(first)
  expect(second.replace(/^Date: .*$/m, '')).toBe(first.replace(/^Date: .*$/m, ''))
})

test('mails at the same moment stay apart', async () => {
  const mailer = folderMailer({ folder, from, now: () => 0 })
  await Promise.all(Array.from({ length: 20 }, (_, index) => mailer.send({ ...mail, messageId: `<${index}@keys.example>` })))
  expect(await readdir(folder)).toHaveLength(20)
})

test('what can not be written is an error, and leaves no part of a file', async () => {
  await writeFile(join(home, 'data'), 'in the way')
  await expect(folderMailer({ folder, from }).send(mail)).rejects.toThrow(/ENOTDIR|EEXIST/)
  expect(await readdir(home)).toEqual(['data'])
})

test('whatever subject and text a mail has, they arrive and no header or recipient is added', async () => {
  const mailer = folderMailer({ folder, from, now: () => 0 })
  const headersOf = async () => (await PostalMime.parse(await onlyMail())).headers.map(({ key }) => key)
  await mailer.send(mail)
  const usual = await headersOf()
  const injection = fc.constantFrom('\r\nBcc: eve@evil.example\r\n', '\nX-Evil: 1', '\r\n\r\n', '\r\n.\r\n', '--', '=?utf-8?Q?=0ABcc:?=')
  const lines = (text = '') => text.trimEnd().split(/\r\n|\r|\n/)
  const words = fc
    .array(fc.oneof(injection, fc.string({ unit: 'grapheme', maxLength: 30 })), { maxLength: 5 })
    .map((parts) => parts.join(''))

  await fc.assert(
    fc.asyncProperty(words, words, async (subject, text) => {
      await mailer.send({ ...mail, subject: `Subject ${subject}`, text: `Text ${text}` })
      expect((await headersOf()).sort()).toEqual([...usual].sort())
      const { to, cc, bcc, subject: receivedSubject, text: receivedText } = await PostalMime.parse(await onlyMail())
      expect({ to, cc, bcc }).toEqual({ to: [{ name: '', address: 'ada@acme.example' }], cc: undefined, bcc: undefined })
      expect(receivedSubject?.replace(/\s+/g, '')).toBe(`Subject${subject}`.replace(/\s+/g, ''))
      expect(lines(receivedText)).toEqual(lines(`Text ${text}`))
    }),
  )
})
