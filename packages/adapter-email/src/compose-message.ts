import { createHash } from 'node:crypto'
import type { Mailer } from '@latchkey/application'
import { isAddress } from '@latchkey/domain'
import type { SendMailOptions } from 'nodemailer'
import parseAddresses from 'nodemailer/lib/addressparser'
import { encodeWord } from 'nodemailer/lib/mime-funcs'

export type Mail = Parameters<Mailer['send']>[0]

/** Whom mails are from. */
export interface Sender {
  readonly name: string
  readonly address: string
}

/** Reads `Latchkey <no-reply@acme.example>`, or the address alone. Throws for anything but exactly one address. */
export function readSender(from: string): Sender {
  const [sender, ...others] = parseAddresses(from)
  if (!sender?.address || others.length > 0 || !isAddress(sender.address)) {
    throw new Error('The sender of mails must be one address, like no-reply@acme.example or Acme <no-reply@acme.example>.')
  }
  return { name: sender.name ?? '', address: sender.address }
}

/**
 * The mail as a message with one recipient (RFC 5322). Throws when `to` is not exactly one address or the Message-ID is not one. A copy
 * differs in its date alone: even the boundary between the parts follows from the content, which therefore can't hold it (MAI-2).
 */
export function composeMessage({ to, subject, text, html, messageId }: Mail, from: Sender, date: Date): SendMailOptions {
  if (!isAddress(to)) throw new Error('The mail has no recipient: what it is addressed to is not one address.')
  if (!isMessageId(messageId)) throw new Error('The mail has no valid Message-ID.')
  return {
    from,
    // An object, because nodemailer reads a text as a list of addresses.
    to: { name: '', address: to },
    subject: literal(subject),
    text,
    html,
    messageId,
    date,
    baseBoundary: createHash('sha256')
      .update(JSON.stringify([to, subject, text, html, messageId]))
      .digest('hex')
      .slice(0, 32),
    // Asks automatic repliers to keep silent (RFC 3834 §5; Exchange reads only its own header).
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  }
}

/**
 * The subject, for a reader to see as it is. One that looks encoded already (RFC 2047), say by a name in it, nodemailer would pass on, and
 * the reader would decode what nobody has checked.
 */
function literal(subject: string): string {
  return subject.includes('=?') ? encodeWord(subject.replace(/[\r\n]+/g, ' '), 'B', 52) : subject
}

/** RFC 5322 §3.6.4, as narrow as a header line needs it. */
function isMessageId(text: string): boolean {
  return text.length <= 500 && /^<[\x21-\x3b\x3d\x3f\x41-\x7e]+@[\x21-\x3b\x3d\x3f\x41-\x7e]+>$/.test(text)
}

/** Letters are texts: nodemailer is never to read a file or fetch an address for one (INP-8). */
export const nothingFetched = { disableFileAccess: true, disableUrlAccess: true } as const
