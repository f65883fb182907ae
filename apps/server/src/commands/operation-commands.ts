import { accessSync, constants, mkdirSync } from 'node:fs'
import { assertDurable, pendingMigrations } from '@latchkey/adapter-knex'
import { smtpMailer } from '@latchkey/adapter-email'
import { Licensing } from '@latchkey/application'
import { Database } from '../composition/tokens.ts'
import type { Command } from './command.ts'
import { licenceFaults } from './licence-commands.ts'

const migrate: Command = {
  words: ['migrate'],
  usage: '',
  options: [],
  async run({ applied }) {
    return { json: { applied }, text: applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}` }
  },
}

interface Check {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

/** Looks at everything that a server needs, and says it in plain words. */
const doctor: Command = {
  words: ['doctor'],
  usage: '',
  options: [],
  async run({ container, configuration }) {
    const database = container.get(Database)
    const checks: Check[] = [
      await check('settings', async () => {
        const fault = container.get(Licensing).configuredFault()
        if (fault) throw new Error(`LATCHKEY_LICENCE_FILE holds no licence. ${licenceFaults[fault]}`)
        return `Links are built from ${configuration.publicUrl}.`
      }),
      await check('database', async () => {
        await assertDurable(database)
        const pending = await pendingMigrations(database)
        if (pending.length > 0) throw new Error(`Migrations are missing: ${pending.join(', ')}.`)
        return 'It answers, is migrated and keeps what it acknowledges.'
      }),
      await check('clock', async () => {
        const { rows }: { rows: { now: Date }[] } = await database.knex.raw('select clock_timestamp() as now')
        const apart = Math.abs((rows[0]?.now.getTime() ?? 0) - Date.now())
        if (apart > 60_000) throw new Error(`This machine and the database are ${Math.round(apart / 1_000)} s apart; set the clocks.`)
        return 'This machine and the database agree.'
      }),
      await check('mail', async () => {
        const { mail, mailFrom } = configuration
        if ('smtpUrl' in mail) {
          const mailer = smtpMailer({ url: mail.smtpUrl, from: mailFrom })
          await mailer.close()
          return `Mails go out by SMTP as ${mailFrom}.`
        }
        mkdirSync(mail.folder, { recursive: true, mode: 0o700 })
        accessSync(mail.folder, constants.W_OK)
        return `Mails are written to ${mail.folder}; set LATCHKEY_SMTP_URL to send them.`
      }),
    ]
    const text = checks.map(({ name, ok, detail }) => `${ok ? 'ok  ' : 'FAIL'} ${name}: ${detail}`).join('\n')
    return { json: { checks }, text }
  },
}

export const operationCommands: readonly Command[] = [migrate, doctor]

async function check(name: string, look: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await look() }
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}
