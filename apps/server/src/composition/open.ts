import 'reflect-metadata'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EmbeddedPostgres, ownEmbeddedPostgres, shareEmbeddedPostgres } from '@latchkey/embedded-postgres'
import { migrate } from '@latchkey/adapter-knex'
import { Container } from 'inversify'
import { type Logger, pino } from 'pino'
import type { Settings } from '../settings.ts'
import { gatheredLines } from '../system/gathered-lines.ts'
import { readSecretKey } from '../system/secret-key.ts'
import type { Configuration } from './configuration.ts'
import { administration } from './administration-module.ts'
import { groupKeys } from './group-keys-module.ts'
import { accountUseCases, email, postgres, system, useCases } from './modules.ts'
import * as tokens from './tokens.ts'

export interface Opened {
  readonly container: Container
  readonly configuration: Configuration
  /** The names of migrations that were applied on the way. */
  readonly applied: readonly string[]
  close(): Promise<void>
}

/** Logs go to standard error: standard output belongs to what a command answers. */
export function openLog({ logLevel }: Settings): Logger {
  return pino({ level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, gatheredLines(2))
}

/** A migrated database and everything that can be done with it. `serve` keeps the data folder; a command shares it. */
export async function open(settings: Settings, log: Logger, use: 'serve' | 'command', listeningPort: number): Promise<Opened> {
  const embedded: EmbeddedPostgres | null = settings.databaseUrl === undefined ? await startEmbedded(settings, use) : null
  const container = new Container()
  const close = async () => {
    await container.unbindAllAsync()
    await embedded?.stop()
  }
  try {
    const configuration = configure(settings, log, embedded?.url ?? settings.databaseUrl ?? '', listeningPort)
    container.bind(tokens.Configuration).toConstantValue(configuration)
    await container.load(system, postgres, email, useCases, accountUseCases, administration, groupKeys)
    const applied = await migrate(container.get(tokens.Database), configuration.databaseUrl)
    return { container, configuration, applied, close }
  } catch (error) {
    await close()
    throw error
  }
}

function startEmbedded({ dataFolder }: Settings, use: 'serve' | 'command'): Promise<EmbeddedPostgres> {
  return use === 'serve' ? ownEmbeddedPostgres({ dataFolder }) : shareEmbeddedPostgres({ dataFolder })
}

function configure(settings: Settings, log: Logger, databaseUrl: string, listeningPort: number): Configuration {
  const publicUrl = (settings.publicUrl ?? `http://localhost:${listeningPort}`).replace(/\/+$/, '')
  const { hostname } = new URL(publicUrl)
  return {
    databaseUrl,
    poolMax: settings.poolMax,
    publicUrl,
    secretKey: readSecretKey(settings),
    mail: settings.smtpUrl === undefined ? { folder: join(settings.dataFolder, 'mail') } : { smtpUrl: settings.smtpUrl },
    licence: settings.licenceFile === undefined ? null : readLicence(settings.licenceFile),
    licencePublicKey: settings.licencePublicKey,
    mailFrom:
      settings.mailFrom ?? `Latchkey <no-reply@${hostname.includes('.') && !/^[\d.]+$/.test(hostname) ? hostname : 'latchkey.invalid'}>`,
    log,
  }
}

function readLicence(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new Error(`The licence cannot be read from ${file} (LATCHKEY_LICENCE_FILE).`)
  }
}
