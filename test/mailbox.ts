import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { expect } from 'vitest'

/** A mail server on loopback that takes every mail. */
export interface TestMailbox {
  /** Settings with which a server sends there. */
  readonly environment: Record<string, string>
  /** Every mail so far, in the order in which they arrived. */
  readonly mails: readonly Email[]
  /** The one mail to somebody whose subject says this, as soon as it is there. */
  mailTo(address: string, subject: RegExp): Promise<Email>
  close(): Promise<void>
}

export async function startMailbox(): Promise<TestMailbox> {
  const mails: Email[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    closeTimeout: 100,
    logger: false,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      buffer(stream)
        .then((bytes) => PostalMime.parse(bytes))
        .then((mail) => void mails.push(mail))
        .then(() => done(), done)
    },
  })
  smtp.listen(0, '127.0.0.1')
  await once(smtp.server, 'listening')
  const { port } = smtp.server.address() as AddressInfo
  const found = (address: string, subject: RegExp) =>
    mails.filter((mail) => mail.to?.some((to) => to.address === address) && subject.test(mail.subject ?? ''))
  return {
    environment: { LATCHKEY_SMTP_URL: `smtp://127.0.0.1:${port}`, LATCHKEY_MAIL_FROM: 'Latchkey <latchkey@sender.example>' },
    mails,
    async mailTo(address, subject) {
      await expect.poll(() => found(address, subject).length, { timeout: 20_000, interval: 50 }).toBe(1)
      return found(address, subject)[0]!
    },
    close: () => new Promise((resolve) => smtp.close(() => resolve())),
  }
}
