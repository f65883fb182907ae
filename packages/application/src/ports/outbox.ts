import type { Instant, UserId } from '@latchkey/domain'

/** A mail with its final content: what is delivered later is what was decided now. */
export interface OutgoingMail {
  /** One mail goes out for one key, however often it is queued or tried. */
  readonly key: string
  /** Whose mail it is; it is not sent once the user is no longer enabled. Null for mail that is about no user. */
  readonly user: UserId | null
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
}

export interface Outbox {
  /** Committed with the transaction, delivered after it, at least once. */
  append(mail: OutgoingMail): Promise<void>
}

/** What was sent. */
export interface MailLog {
  wasSent(key: string): Promise<boolean>
  /** How many mails left: to one address since one moment, and in all since another. */
  sentSince(
    since: { readonly toAddress: Instant; readonly inAll: Instant },
    to: string,
  ): Promise<{ readonly toAddress: number; readonly inAll: number }>
  noteSent(key: string, to: string): Promise<void>
  /** Takes away what tells of mails to one user, whose keys name the user; those that wait too. */
  forget(user: UserId): Promise<void>
}

export interface Mailer {
  /** Resolves when the mail was accepted. */
  send(mail: Pick<OutgoingMail, 'to' | 'subject' | 'text' | 'html' | 'messageId'>): Promise<void>
}

/** The words of the letters. */
export interface Letters {
  setUp(facts: { readonly organizationName: string; readonly recipientName: string | null; readonly signInUrl: string }): Letter
  /** `expiresAt` is in milliseconds since 1970. */
  scimTokenExpires(facts: {
    readonly organizationName: string
    readonly organizationSlug: string
    readonly description: string
    readonly prefix: string
    readonly expiresAt: Instant
  }): Letter
  massChange(facts: {
    readonly organizationName: string
    readonly organizationSlug: string
    /** How many people lost their access within an hour. */
    readonly users: number
    readonly token: string
    readonly description: string
    readonly prefix: string
  }): Letter
  accountNotice(facts: {
    readonly organizationName: string
    readonly recipientName: string | null
    readonly signInUrl: string
    readonly notice: AccountNotice
  }): Letter
}

/** What a person is told about their own account, or an owner about somebody's. */
export type AccountNotice =
  | { readonly kind: 'key-registered' }
  | { readonly kind: 'wrong-proofs'; readonly address: string }
  | { readonly kind: 'key-reset-requested'; readonly by: 'person' | 'administrator'; readonly effectiveAt: Instant }
  | { readonly kind: 'key-reset-requested-by'; readonly person: string; readonly effectiveAt: Instant }
  | { readonly kind: 'key-reset-completed' }
  | { readonly kind: 'new-sign-in-place'; readonly address: string; readonly userAgent: string; readonly at: Instant }
  | { readonly kind: 'sso-connection-changed' }
  | { readonly kind: 'identity-unlinked' }
  | { readonly kind: 'sign-in-link' }
  /** Somebody waits for the keys of these groups, which the person can give. */
  | { readonly kind: 'group-key-awaited'; readonly groups: readonly string[] }

export interface Letter {
  readonly subject: string
  readonly text: string
  readonly html: string
}
