/** Where mail is handed over, and how. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte. */
  readonly secure: boolean
  /** No mail and no password without STARTTLS. */
  readonly requireTLS: boolean
  readonly ignoreTLS: boolean
  readonly tls: { readonly rejectUnauthorized: boolean; readonly servername?: string }
  /** What we call ourselves in EHLO. */
  readonly name?: string
  readonly auth?: { readonly user: string; readonly pass: string }
}

/**
 * Reads `smtp://user:password@host:587` (STARTTLS wherever it is offered, and required before a password leaves this machine) or
 * `smtps://user:password@host:465` (TLS from the start). Options: `requireTLS`, `ignoreTLS`, `tls.rejectUnauthorized`, `tls.servername`,
 * `name`; nodemailer's own reader is not used, because there a URL may switch any option, the sandbox included.
 * Throws one sentence that never repeats the URL, since that holds a password.
 */
export function readSmtpUrl(text: string): SmtpServer {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !(url.protocol === 'smtp:' || url.protocol === 'smtps:') || url.hostname === '') {
    throw new Error('The SMTP URL must look like smtp://user:password@host:587 or smtps://user:password@host:465.')
  }
  const unknown = [...url.searchParams.keys()].find((option) => !options.includes(option))
  if (unknown !== undefined) throw new Error(`The SMTP URL has an option that is not known; there are ${options.join(', ')}.`)

  const secure = url.protocol === 'smtps:'
  const host = decoded(url.hostname.replace(/^\[(.*)\]$/, '$1'))
  const user = decoded(url.username)
  const pass = decoded(url.password)
  const ignoreTLS = flag(url, 'ignoreTLS', false)
  const servername = url.searchParams.get('tls.servername')
  const name = url.searchParams.get('name')
  return {
    host,
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    requireTLS: flag(url, 'requireTLS', !ignoreTLS && pass !== '' && !isLoopback(host)),
    ignoreTLS,
    // A relay on this machine has a certificate of its own making, and no network to defend against.
    tls: {
      rejectUnauthorized: flag(url, 'tls.rejectUnauthorized', secure || !isLoopback(host)),
      ...(servername !== null && { servername }),
    },
    ...(name !== null && { name }),
    ...((user !== '' || pass !== '') && { auth: { user, pass } }),
  }
}

const options: readonly string[] = ['requireTLS', 'ignoreTLS', 'tls.rejectUnauthorized', 'tls.servername', 'name']

function flag(url: URL, option: string, preset: boolean): boolean {
  const value = url.searchParams.get(option)
  if (value === null) return preset
  if (value !== 'true' && value !== 'false') throw new Error(`The option ${option} of the SMTP URL must be true or false.`)
  return value === 'true'
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error('The SMTP URL has a % that begins no character; write %25 for the sign itself.')
  }
}

function isLoopback(host: string): boolean {
  return /^(localhost|::1|127\.\d+\.\d+\.\d+)$/i.test(host)
}
