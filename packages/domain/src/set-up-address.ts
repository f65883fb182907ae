/** An e-mail of a user, as provisioned. */
export interface EmailAddress {
  readonly value: string
  readonly primary: boolean
}

/** Where the set-up mail goes (U1): the primary e-mail, else a user name in the form of an address, else nowhere. */
export function setUpAddress(userName: string, emails: readonly EmailAddress[]): string | null {
  const primary = emails.find(({ primary }) => primary) ?? (emails.length === 1 ? emails[0] : undefined)
  return [primary?.value, userName].find((text) => text !== undefined && isAddress(text)) ?? null
}

/** One `@`, something before it, a host name behind it, and nothing that could begin another mail header. */
export function isAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>(),;:"[\]\\\p{Cc}]+@[^\s@<>(),;:"[\]\\\p{Cc}.]+(\.[^\s@<>(),;:"[\]\\\p{Cc}.]+)*$/u.test(text)
}
