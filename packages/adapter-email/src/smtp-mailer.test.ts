import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, expect, test } from 'vitest'
import { letters } from './letters/letters.ts'
import { MailNotAccepted } from './mail-not-accepted.ts'
import { type SmtpMailer, smtpMailer } from './smtp-mailer.ts'

const from = 'Latchkey <no-reply@keys.example>'
const mail = { to: 'ada@acme.example', subject: 'Hello', text: 'Hi', html: '<p>Hi</p>', messageId: '<set-up.1@keys.example>' }

const closings: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close()
})

interface Received {
  readonly email: Email
  readonly sender: string | undefined
  readonly recipients: readonly string[]
  readonly overTls: boolean
}

/** A mail server on a free port, and what it has received. */
async function mailServer(options: SMTPServerOptions = {}): Promise<{ port: number; received: Received[]; server: SMTPServer }> {
  const received: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    closeTimeout: 100,
    // Else it says on stderr that its certificate is for tests.
    logger: false,
    onData(stream, { envelope, secure }, done) {
      const sender = envelope.mailFrom ? envelope.mailFrom.address : undefined
      const recipients = envelope.rcptTo.map(({ address }) => address)
      buffer(stream)
        .then((bytes) => PostalMime.parse(bytes))
        .then((email) => received.push({ email, sender, recipients, overTls: secure }))
        .then(() => done(), done)
    },
    ...options,
  })
  server.on('error', () => {
    // A client that does not trust our certificate hangs up; the client's side is what is looked at.
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  closings.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { port: portOf(server.server), received, server }
}

/** Speaks as told, for what no well-behaved server does: `null` hangs up, and `trickle` is said again and again. */
async function lineServer(
  answer: (line: string) => string | null,
  greeting = '220 test ESMTP\r\n',
  trickle = '',
): Promise<{ port: number; commands: string[] }> {
  const commands: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.write(greeting)
    if (trickle !== '') {
      const timer = setInterval(() => socket.write(trickle), 20)
      socket.on('close', () => clearInterval(timer))
    }
    let rest = ''
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        commands.push(line)
        const reply = answer(line)
        if (reply === null) socket.destroy()
        else if (reply !== '') socket.write(reply)
      }
    })
    closings.push(async () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closings.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { port: portOf(server), commands }
}

function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.')
  return address.port
}

function mailer(url: string, options: { timeoutMs?: number } = {}): SmtpMailer {
  const made = smtpMailer({ url, from, ...options })
  closings.push(() => made.close())
  return made
}

async function refusal(sending: Promise<void>): Promise<MailNotAccepted> {
  const error: unknown = await sending.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof MailNotAccepted)) throw new Error('The mail was not refused as expected.', { cause: error })
  return error
}

/** All of an error that a log could print. */
function everythingIn(error: Error): string {
  return `${error.message} ${error.stack} ${JSON.stringify(error, Object.getOwnPropertyNames(error))} ${String(error.cause)}`
}

test('a letter arrives as it was written, with its Message-ID and one recipient', async () => {
  const { port, received } = await mailServer()
  const letter = letters.setUp({
    organizationName: 'Łódź & Söhne 🚀',
    recipientName: 'Renée O’Connor',
    signInUrl: 'https://keys.example/account/sign-in?organization=lodz',
  })
  await mailer(`smtp://127.0.0.1:${port}`).send({ ...mail, ...letter })

  expect(received).toHaveLength(1)
  const [{ email, sender, recipients }] = received as [Received]
  expect(email).toMatchObject({
    messageId: mail.messageId,
    from: { name: 'Latchkey', address: 'no-reply@keys.example' },
    to: [{ name: '', address: 'ada@acme.example' }],
    subject: 'Finish setting up your Łódź & Söhne 🚀 account',
  })
  expect(email.text?.trimEnd()).toBe(letter.text.trimEnd())
  expect(email.html?.trimEnd()).toBe(letter.html.trimEnd())
  expect(sender).toBe('no-reply@keys.example')
  expect(recipients).toEqual(['ada@acme.example'])
})

test('a subject or a recipient with line breaks reaches nobody else', async () => {
  const { port, received } = await mailServer()
  const out = mailer(`smtp://127.0.0.1:${port}`)
  await out.send({ ...mail, subject: 'Hello\r\nBcc: eve@evil.example\r\n\r\nInstead' })
  await expect(out.send({ ...mail, to: 'ada@acme.example\r\nRCPT TO:<eve@evil.example>' })).rejects.toThrow('no recipient')
  await expect(out.send({ ...mail, to: 'ada@acme.example,eve@evil.example' })).rejects.toThrow('no recipient')

  expect(received.map(({ recipients }) => recipients)).toEqual([['ada@acme.example']])
  expect(received[0]?.email.bcc).toBeUndefined()
  expect(received[0]?.email.text?.trimEnd()).toBe('Hi')
})

test.each([['=?utf-8?Q?Evil=0D=0ABcc=3A?='], ['Acme =?utf-8?B?RXZpbA==?= =?utf-8?Q?a b?='], ['Łódź =?utf-8?Q?Evil?=']])(
  'the name %s, which looks like an encoded header, is read as it is',
  async (organizationName) => {
    const { port, received } = await mailServer()
    const letter = letters.setUp({ organizationName, recipientName: null, signInUrl: 'https://keys.example/' })
    await mailer(`smtp://127.0.0.1:${port}`).send({ ...mail, ...letter })
    expect(received[0]?.email.subject).toBe(`Finish setting up your ${organizationName} account`)
  },
)

test('many mails at once all arrive, over few connections', async () => {
  const connections = new Set<string>()
  const { port, received } = await mailServer({
    onConnect(session, done) {
      connections.add(session.id)
      done()
    },
  })
  const out = mailer(`smtp://127.0.0.1:${port}`)
  const ids = Array.from({ length: 40 }, (_, index) => `<${index}@keys.example>`)
  await Promise.all(ids.map((messageId) => out.send({ ...mail, messageId })))

  expect(received).toHaveLength(40)
  expect(new Set(received.map(({ email }) => email.messageId))).toEqual(new Set(ids))
  expect(connections.size).toBeLessThanOrEqual(5)
})

test('the mailer signs in with the user and password of the URL', async () => {
  const seen: unknown[] = []
  const { port, received } = await mailServer({
    authOptional: false,
    onAuth({ username, password }, _session, done) {
      seen.push([username, password])
      done(null, { user: username })
    },
  })
  await mailer(`smtp://ada%40keys.example:p%3A%2F%40ss%25@127.0.0.1:${port}`).send(mail)

  expect(seen).toEqual([['ada@keys.example', 'p:/@ss%']])
  expect(received).toHaveLength(1)
})

test('a wrong password is an error that does not tell it, even when the server repeats it', async () => {
  const password = 'hunter2 & correct horse'
  const plain = Buffer.from(`\0ada\0${password}`).toString('base64')
  const { port } = await mailServer({
    onAuth: (_auth, _session, done) => done(new Error(`No: ${password}, ${plain}, ${Buffer.from(password).toString('base64')}`)),
  })
  const error = await refusal(mailer(`smtp://ada:${encodeURIComponent(password)}@127.0.0.1:${port}`).send(mail))

  expect(error).toMatchObject({ code: 'EAUTH', responseCode: 535 })
  expect(error.message).toBe('The mail was not accepted: Invalid login: 535 No: [withheld], [withheld], [withheld] (EAUTH)')
  expect(everythingIn(error)).not.toMatch(/hunter2|correct|horse/)
  expect(everythingIn(error)).not.toContain(plain)
})

test('a refused recipient is an error with the reason, and without the recipient', async () => {
  const { port, received } = await mailServer({
    onRcptTo: ({ address }, _session, done) => done(Object.assign(new Error(`<${address}> is unknown here`), { responseCode: 550 })),
  })
  const error = await refusal(mailer(`smtp://127.0.0.1:${port}`).send(mail))

  expect(error).toMatchObject({ code: 'EENVELOPE', responseCode: 550 })
  expect(error.message).toContain('550 <[withheld]> is unknown here')
  expect(everythingIn(error)).not.toContain(mail.to)
  expect(received).toEqual([])
})

test('a refused letter is an error of bounded length, and the next letter is taken', async () => {
  let refusing = true
  const { port } = await mailServer({
    onData(stream, _session, done) {
      text(stream).then((message) => done(refusing ? Object.assign(new Error(message), { responseCode: 451 }) : null), done)
    },
  })
  const out = mailer(`smtp://127.0.0.1:${port}`)
  const error = await refusal(out.send({ ...mail, text: 'A long letter. '.repeat(500) }))
  expect(error.responseCode).toBe(451)
  expect(error.message.length).toBeLessThan(300)
  expect(error.message).not.toMatch(/[\r\n]/)

  refusing = false
  await out.send(mail)
})

test('where no server listens, the error says so', async () => {
  const { port, server } = await mailServer()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  const error = await refusal(mailer(`smtp://127.0.0.1:${port}`).send(mail))
  expect(error).toMatchObject({ code: 'ESOCKET', responseCode: null })
  expect(error.message).toContain('ECONNREFUSED')
})

test.each([
  ['never greets', () => lineServer(() => '', '')],
  ['never answers', () => lineServer(() => '')],
  ['never stops answering', () => lineServer(() => '', '220 test ESMTP\r\n', '250-still\r\n')],
])(
  'a server that %s costs no more than the time limit',
  async (_, serve) => {
    const { port } = await serve()
    const error = await refusal(mailer(`smtp://127.0.0.1:${port}`, { timeoutMs: 200 }).send(mail))
    expect(error.responseCode).toBeNull()
  },
  5_000,
)

test('a server that hangs up after it has the letter is not handed it twice in one send', async () => {
  const { port, commands } = await lineServer((line) => {
    if (line.startsWith('EHLO')) return '250 test\r\n'
    if (line === 'DATA') return '354 go on\r\n'
    if (line === '.') return null
    return /^(MAIL|RCPT)/.test(line) ? '250 fine\r\n' : ''
  })
  await refusal(mailer(`smtp://127.0.0.1:${port}`).send(mail))
  expect(commands.filter((line) => line === '.')).toHaveLength(1)
})

test('a connection that the server closed meanwhile is opened again', async () => {
  let connections = 0
  const { port, received, server } = await mailServer({
    onConnect(_session, done) {
      connections += 1
      done()
    },
  })
  const out = mailer(`smtp://127.0.0.1:${port}`)
  await out.send(mail)
  for (const connection of server.connections) connection.close()
  await out.send({ ...mail, messageId: '<set-up.2@keys.example>' })

  expect(received.map(({ email }) => email.messageId)).toEqual([mail.messageId, '<set-up.2@keys.example>'])
  expect(connections).toBe(2)
})

test('STARTTLS is used where it is offered, and smtps from the start', async () => {
  const starttls = await mailServer()
  await mailer(`smtp://127.0.0.1:${starttls.port}`).send(mail)
  expect(starttls.received[0]?.overTls).toBe(true)

  const smtps = await mailServer({ secure: true })
  await mailer(`smtps://127.0.0.1:${smtps.port}?tls.rejectUnauthorized=false`).send(mail)
  expect(smtps.received[0]?.overTls).toBe(true)

  const plain = await mailServer()
  await mailer(`smtp://127.0.0.1:${plain.port}?ignoreTLS=true`).send(mail)
  expect(plain.received[0]?.overTls).toBe(false)
})

test('a certificate that nobody vouches for is refused, and so is a server without STARTTLS where it is required', async () => {
  const smtps = await mailServer({ secure: true })
  expect((await refusal(mailer(`smtps://127.0.0.1:${smtps.port}`).send(mail))).message).toMatch(/certificate/i)

  const starttls = await mailServer()
  const checked = mailer(`smtp://127.0.0.1:${starttls.port}?tls.rejectUnauthorized=true`)
  expect((await refusal(checked.send(mail))).message).toMatch(/certificate/i)

  const plain = await mailServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] })
  expect((await refusal(mailer(`smtp://127.0.0.1:${plain.port}?requireTLS=true`).send(mail))).message).toMatch(/STARTTLS/)

  expect([...smtps.received, ...starttls.received, ...plain.received]).toEqual([])
})

test('closing lets the mail under way finish, and takes no more', async () => {
  let release = () => {}
  const arrived = new Promise<void>((resolve) => {
    release = resolve
  })
  let finish = () => {}
  const { port } = await mailServer({
    onData(stream, _session, done) {
      stream.resume()
      stream.on('end', () => {
        finish = () => done()
        release()
      })
    },
  })
  const out = smtpMailer({ url: `smtp://127.0.0.1:${port}`, from })
  const order: string[] = []
  const sent = out.send(mail).then(() => order.push('sent'))
  await arrived
  const closed = out.close().then(() => order.push('closed'))
  setImmediate(() => finish())
  await Promise.all([sent, closed])
  expect(order).toEqual(['sent', 'closed'])
  await expect(out.send(mail)).rejects.toThrow('Connection pool was closed')
})

test('settings that can not be read are refused at once, without the password', () => {
  expect(() => smtpMailer({ url: 'http://ada:hunter2@mail.example', from })).toThrow(/^The SMTP URL must look like/)
  expect(() => smtpMailer({ url: 'smtp://mail.example', from: 'nobody' })).toThrow('The sender of mails must be one address')
})
