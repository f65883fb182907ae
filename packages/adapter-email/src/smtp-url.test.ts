import { expect, test } from 'vitest'
import { readSmtpUrl } from './smtp-url.ts'

test('smtp takes STARTTLS where it is offered, and insists on it before a password leaves this machine', () => {
  expect(readSmtpUrl('smtp://mail.example')).toEqual({
    host: 'mail.example',
    port: 587,
    secure: false,
    requireTLS: false,
    ignoreTLS: false,
    tls: { rejectUnauthorized: true },
  })
  expect(readSmtpUrl('smtp://ada:secret@mail.example:25')).toMatchObject({
    port: 25,
    requireTLS: true,
    auth: { user: 'ada', pass: 'secret' },
  })
  expect(readSmtpUrl('smtp://ada:secret@127.0.0.1')).toMatchObject({ requireTLS: false, tls: { rejectUnauthorized: false } })
  expect(readSmtpUrl('smtp://ada:secret@127.0.0.1.mail.example')).toMatchObject({ requireTLS: true, tls: { rejectUnauthorized: true } })
})

test('smtps is TLS from the start, with a certificate that is checked', () => {
  expect(readSmtpUrl('smtps://mail.example')).toMatchObject({ port: 465, secure: true, tls: { rejectUnauthorized: true } })
  expect(readSmtpUrl('smtps://localhost')).toMatchObject({ tls: { rejectUnauthorized: true } })
})

test('user and password are percent-decoded, and an IPv6 host has no brackets', () => {
  expect(readSmtpUrl('smtp://ada%40acme.example:p%3A%2F%40ss%25@[::1]:2525')).toMatchObject({
    host: '::1',
    port: 2525,
    auth: { user: 'ada@acme.example', pass: 'p:/@ss%' },
  })
})

test('options of the URL are read, and no others are taken', () => {
  expect(
    readSmtpUrl('smtp://a:b@mail.example?ignoreTLS=true&tls.rejectUnauthorized=false&tls.servername=other.example&name=keys.example'),
  ).toMatchObject({
    ignoreTLS: true,
    requireTLS: false,
    tls: { rejectUnauthorized: false, servername: 'other.example' },
    name: 'keys.example',
  })
  expect(() => readSmtpUrl('smtp://mail.example?disableFileAccess=false')).toThrow('an option that is not known')
  expect(() => readSmtpUrl('smtp://mail.example?requireTLS=yes')).toThrow('requireTLS of the SMTP URL must be true or false')
})

test.each([
  '',
  'mail.example',
  'smtp:mail.example',
  'http://ada:hunter2@mail.example',
  'smtp://ada:hunter2@mail.example:99999',
  'smtp://ada:hunter2%zz@mail.example',
  'smtp://ada:hunter2@mail.example?hunter2=1',
])('%j is refused in a sentence that does not repeat it', (url) => {
  expect(() => readSmtpUrl(url)).toThrow(/^The SMTP URL /)
  expect(() => readSmtpUrl(url)).not.toThrow('hunter2')
})
