import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import { licencePublicKey } from './system/licence-reader.ts'

const port = z.coerce.number().int().min(0).max(65_535)
const positive = z.coerce.number().int().min(1)

/** Every setting: its variable, its form, its default and what it is for. The reference page is printed from this. */
export const settingsSchema = z.object({
  LATCHKEY_PORT: port.default(8080).describe('The port to listen on; 0 takes a free one.'),
  LATCHKEY_HOST: z.string().min(1).default('127.0.0.1').describe('The address to listen on.'),
  LATCHKEY_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .refine(isSafe, 'must be https, unless it is a loopback address')
    .refine((url) => !url.includes('?') && !url.includes('#'), 'must have neither query nor fragment')
    .optional()
    .describe('Every link is built from it. Default: http://localhost:<port>.'),
  // Not every libpq URL is a URL of the web: one of a unix socket names no host.
  LATCHKEY_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'must begin with postgres:// or postgresql://')
    .optional()
    .describe('A PostgreSQL 15 or later. Default: the embedded one, in the data folder.'),
  LATCHKEY_DATA_DIR: z.string().min(1).default('.latchkey').describe('The data folder: embedded database, secret key, mails.'),
  LATCHKEY_SECRET_KEY: z
    .string()
    .min(32, 'must hold at least 32 characters')
    .optional()
    .describe('Keys the digests of tokens and seals cursors. Made in the data folder on the embedded default; required otherwise.'),
  LATCHKEY_SECRET_KEY_FILE: z.string().min(1).optional().describe('A file that holds the secret key.'),
  LATCHKEY_SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe('Where mails are sent. Default: .eml files in the data folder.'),
  LATCHKEY_MAIL_FROM: z.string().min(3).optional().describe("The mails' sender. Default: Latchkey <no-reply@…> at the public URL's host."),
  LATCHKEY_LICENCE_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('A file that holds the licence, in place of one that was installed. Default: a 30-day evaluation.'),
  LATCHKEY_LICENCE_PUBLIC_KEY: z
    .string()
    .refine(isLicenceKey, 'must be an Ed25519 public key, as PEM or as 32 bytes in base64url')
    .optional()
    .describe("The vendor's key, by which licences are judged, offline."),
  LATCHKEY_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('What is logged, as JSON lines on standard error.'),
  LATCHKEY_TRUSTED_PROXIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe("Proxies in front whose word on a client's address counts."),
  LATCHKEY_POOL_MAX: positive
    .max(500)
    .default(2 * availableParallelism())
    .describe('Database connections for requests. Default: 2 × cores.'),
  LATCHKEY_RATE_LIMIT: positive
    .min(25, 'must be at least 25')
    .default(500)
    .describe('Requests per second for each organisation; twice as many again in a burst.'),
})

type Variables = z.infer<typeof settingsSchema>

export interface Settings {
  readonly port: number
  readonly host: string
  readonly publicUrl: string | undefined
  readonly databaseUrl: string | undefined
  readonly dataFolder: string
  readonly secretKey: string | undefined
  readonly secretKeyFile: string | undefined
  readonly smtpUrl: string | undefined
  readonly mailFrom: string | undefined
  readonly licenceFile: string | undefined
  readonly licencePublicKey: string | undefined
  readonly logLevel: Variables['LATCHKEY_LOG_LEVEL']
  readonly trustedProxies: number
  readonly poolMax: number
  readonly requestsPerSecond: number
}

/** The settings that the environment holds. Throws one error that names everything that is wrong with them. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const named = Object.fromEntries(Object.entries(environment).filter(([name, value]) => name.startsWith('LATCHKEY_') && value !== ''))
  const result = settingsSchema.safeParse(named)
  const problems = result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
  if (named['LATCHKEY_SECRET_KEY'] && named['LATCHKEY_SECRET_KEY_FILE'])
    problems.push('set LATCHKEY_SECRET_KEY or LATCHKEY_SECRET_KEY_FILE, not both')
  if (named['LATCHKEY_DATABASE_URL'] && !named['LATCHKEY_SECRET_KEY'] && !named['LATCHKEY_SECRET_KEY_FILE']) {
    problems.push(
      'LATCHKEY_SECRET_KEY or LATCHKEY_SECRET_KEY_FILE is required with LATCHKEY_DATABASE_URL; make one with: openssl rand -base64 32',
    )
  }
  if (!result.success || problems.length > 0) throw new Error(`The settings are wrong: ${problems.join('; ')}.`)
  const read = result.data
  return {
    port: read.LATCHKEY_PORT,
    host: read.LATCHKEY_HOST,
    publicUrl: read.LATCHKEY_PUBLIC_URL,
    databaseUrl: read.LATCHKEY_DATABASE_URL,
    dataFolder: resolve(read.LATCHKEY_DATA_DIR),
    secretKey: read.LATCHKEY_SECRET_KEY,
    secretKeyFile: read.LATCHKEY_SECRET_KEY_FILE,
    smtpUrl: read.LATCHKEY_SMTP_URL,
    mailFrom: read.LATCHKEY_MAIL_FROM,
    licenceFile: read.LATCHKEY_LICENCE_FILE,
    licencePublicKey: read.LATCHKEY_LICENCE_PUBLIC_KEY,
    logLevel: read.LATCHKEY_LOG_LEVEL,
    trustedProxies: read.LATCHKEY_TRUSTED_PROXIES,
    poolMax: read.LATCHKEY_POOL_MAX,
    requestsPerSecond: read.LATCHKEY_RATE_LIMIT,
  }
}

/** Tokens travel in headers: in the clear only within one machine (WEB-3). */
function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

function isLicenceKey(text: string): boolean {
  try {
    return licencePublicKey(text).type === 'public'
  } catch {
    return false
  }
}
