import type { Mailer } from '@latchkey/application'
import { createTransport } from 'nodemailer'
import { composeMessage, type Mail, nothingFetched, readSender } from './compose-message.ts'
import { MailNotAccepted } from './mail-not-accepted.ts'
import { singleLine } from './single-line.ts'
import { readSmtpUrl, type SmtpServer } from './smtp-url.ts'

export interface SmtpMailer extends Mailer {
  /** Takes no more mails, lets those under way finish, and hangs up. */
  close(): Promise<void>
}

/**
 * Hands mails to an SMTP server (RFC 5321) over a few connections that stay open. `send` rejects with `MailNotAccepted`, at the latest
 * after `timeoutMs`; it never tries again once the server may have seen the mail, which is the outbox's to decide. Throws when `url` or
 * `from` can't be read.
 */
export function smtpMailer({ url, from, timeoutMs = 60_000 }: { url: string; from: string; timeoutMs?: number }): SmtpMailer {
  const server = readSmtpUrl(url)
  const sender = readSender(from)
  const transport = createTransport({
    ...server,
    ...nothingFetched,
    pool: true,
    maxConnections: 5,
    maxMessages: 100,
    // Only before a byte of the mail was sent: the server had hung up on a connection kept open.
    maxRequeues: 1,
    dnsTimeout: Math.min(timeoutMs, 10_000),
    connectionTimeout: Math.min(timeoutMs, 10_000),
    greetingTimeout: Math.min(timeoutMs, 10_000),
    socketTimeout: timeoutMs,
  })
  const underWay = new Set<Promise<unknown>>()

  return {
    async send(mail) {
      const message = composeMessage(mail, sender, new Date())
      const sent = transport.sendMail({ ...message, signal: AbortSignal.timeout(timeoutMs) })
      underWay.add(sent)
      try {
        await sent
      } catch (error) {
        // Not kept as the cause: it carries the server's whole answer and the command that was refused.
        throw notAccepted(error, secretsOf(server, mail))
      } finally {
        underWay.delete(sent)
      }
    },
    async close() {
      transport.close()
      await Promise.allSettled(underWay)
    },
  }
}

function notAccepted(error: unknown, secrets: readonly string[]): MailNotAccepted {
  const { message, code, responseCode }: Failure = error instanceof Error ? error : new Error('unknown failure')
  const reason = secrets.reduce((text, secret) => text.replaceAll(secret, '[withheld]'), message)
  return new MailNotAccepted(singleLine(reason, 200), code ?? 'EUNKNOWN', responseCode ?? null)
}

interface Failure {
  readonly message: string
  readonly code?: string
  readonly responseCode?: number
}

/** What an answer that echoes our commands could repeat, the longest first. */
function secretsOf({ auth }: SmtpServer, { to, subject }: Mail): readonly string[] {
  const credentials = auth ? [auth.pass, base64(auth.pass), base64(`\0${auth.user}\0${auth.pass}`)] : []
  return [to, subject, ...credentials].filter((secret) => secret !== '').sort((one, other) => other.length - one.length)
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
