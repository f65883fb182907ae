import type { Instant } from '@latchkey/domain'

/** A mail that was written to a folder for want of a mail server. */
export interface KeptMail {
  /** Names it among the others. */
  readonly name: string
  readonly at: Instant
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** Mails that went nowhere, for whoever develops or tries the product on their own machine. */
export interface Mailbox {
  /** The latest first, at most 100. */
  list(): Promise<readonly KeptMail[]>
  read(name: string): Promise<KeptMail | undefined>
}
