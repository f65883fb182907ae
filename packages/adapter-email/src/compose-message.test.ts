import { expect, test } from 'vitest'
import { composeMessage, readSender } from './compose-message.ts'

const sender = { name: '', address: 'no-reply@acme.example' }
const mail = { to: 'ada@acme.example', subject: 'Hello', text: 'Hi', html: '<p>Hi</p>', messageId: '<1@keys.example>' }

test('the sender is one address, with or without a name', () => {
  expect(readSender('no-reply@acme.example')).toEqual(sender)
  expect(readSender('"Acme, Keys" <no-reply@acme.example>')).toEqual({ name: 'Acme, Keys', address: 'no-reply@acme.example' })
})

test.each(['', 'Acme', 'a@acme.example, b@acme.example', 'Acme <nobody>', 'team: a@acme.example;'])('%j is no sender', (from) => {
  expect(() => readSender(from)).toThrow('The sender of mails must be one address')
})

test.each([
  ['ada@acme.example, eve@evil.example'],
  ['ada@acme.example\r\nBcc: eve@evil.example'],
  ['Ada <ada@acme.example>'],
  ['ada@acme.example>\r\nRCPT TO:<eve@evil.example'],
  [''],
])('a mail to %j is refused: it has exactly one recipient', (to) => {
  expect(() => composeMessage({ ...mail, to }, sender, new Date())).toThrow('The mail has no recipient')
})

test.each([
  ['<1@keys.example>\r\nBcc: eve@evil.example'],
  ['1@keys.example'],
  ['<1>'],
  ['<a b@keys.example>'],
  ['<1@keys.example><2@keys.example>'],
  [''],
])('the Message-ID %j is refused', (messageId) => {
  expect(() => composeMessage({ ...mail, messageId }, sender, new Date())).toThrow('no valid Message-ID')
})

test('a second copy is the same message but for its date', () => {
  const { date: _, ...first } = composeMessage(mail, sender, new Date(1))
  const { date: __, ...second } = composeMessage(mail, sender, new Date(2))
  expect(second).toEqual(first)
})
