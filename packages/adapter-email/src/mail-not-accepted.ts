/**
 * A mail server, or the way to it, did not take the mail. The message is fit for a log (AUD-3): no password, no recipient, no subject, and
 * at most 200 characters of what the server said.
 */
export class MailNotAccepted extends Error {
  override readonly name = 'MailNotAccepted'
  /** Where it failed, in nodemailer's words: `EAUTH`, `ECONNECTION`, `EENVELOPE`, `ETLS`… */
  readonly code: string
  /** What the server answered (RFC 5321 §4.2); null when it did not. 5xx says that trying again is no use. */
  readonly responseCode: number | null

  constructor(reason: string, code: string, responseCode: number | null) {
    super(`The mail was not accepted: ${reason} (${code})`)
    this.code = code
    this.responseCode = responseCode
  }
}
