#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { apiTokenCommands } from './commands/api-token-commands.ts'
import { auditCommands } from './commands/audit-commands.ts'
import { type Command, CommandError, type Options } from './commands/command.ts'
import { keyLogCommands } from './commands/key-log-commands.ts'
import { licenceCommands } from './commands/licence-commands.ts'
import { operationCommands } from './commands/operation-commands.ts'
import { organizationCommands } from './commands/organization-commands.ts'
import { ssoCommands } from './commands/sso-commands.ts'
import { scimTokenCommands } from './commands/scim-token-commands.ts'
import { open, openLog } from './composition/open.ts'
import { serve } from './serve.ts'
import { readSettings } from './settings.ts'

const commands: readonly Command[] = [
  ...organizationCommands,
  ...scimTokenCommands,
  ...apiTokenCommands,
  ...auditCommands,
  ...ssoCommands,
  ...keyLogCommands,
  ...licenceCommands,
  ...operationCommands,
]

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${oneLine(error)}\n`)
  process.exitCode = 1
}

async function main(words: readonly string[]): Promise<void> {
  if (words[0] === 'serve') return serve(readSettings(process.env))
  if (words.length === 0 || words.includes('--help')) {
    process.stdout.write(usage())
    return
  }
  const command = commands.find((candidate) => candidate.words.every((word, index) => words[index] === word))
  if (!command) throw new CommandError(`There is no command ${JSON.stringify(words.slice(0, 2).join(' '))}; see: latchkey --help`)
  const { options, json } = parseOptions(command, words.slice(command.words.length))

  const settings = readSettings(process.env)
  const opened = await open(settings, openLog({ ...settings, logLevel: 'error' }), 'command', settings.port)
  try {
    const answer = await command.run(opened, options)
    process.stdout.write(json ? `${JSON.stringify(answer.json)}\n` : `${answer.text}\n`)
    if (answer.failed) process.exitCode = 1
  } finally {
    await opened.close()
  }
}

function parseOptions(command: Command, words: readonly string[]): { readonly options: Options; readonly json: boolean } {
  const name = command.words.join(' ')
  let parsed: { values: Record<string, string | boolean | undefined>; positionals: string[] }
  try {
    parsed = parseArgs({
      args: [...words],
      options: { json: { type: 'boolean' }, ...Object.fromEntries(command.options.map((option) => [option, { type: 'string' } as const])) },
      allowPositionals: true,
    })
  } catch {
    throw new CommandError(`Usage: latchkey ${name} ${command.usage} [--json]`)
  }
  const { values, positionals } = parsed
  if (positionals.length > (command.takesArgument ? 1 : 0)) throw new CommandError(`Usage: latchkey ${name} ${command.usage} [--json]`)
  const optional = (option: string) => {
    const value = values[option]
    return typeof value === 'string' ? value : undefined
  }
  const missing = (what: string) => new CommandError(`${what} is missing. Usage: latchkey ${name} ${command.usage} [--json]`)
  return {
    json: values['json'] === true,
    options: {
      optional,
      required(option) {
        const value = optional(option)
        if (value === undefined) throw missing(`--${option}`)
        return value
      },
      argument(argument) {
        const [value] = positionals
        if (value === undefined) throw missing(argument)
        return value
      },
    },
  }
}

function usage(): string {
  const lines = commands.map(({ words, usage: rest }) => `  latchkey ${words.join(' ')} ${rest}`.trimEnd())
  return `Usage:\n  latchkey serve\n${lines.join('\n')}\nEvery command but serve takes --json.\n`
}

/** What an operator needs of an error: what went wrong, on one line. */
function oneLine(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return 'The port is in use; stop what listens there, or set LATCHKEY_PORT to another one.'
  }
  if (error instanceof AggregateError && error.errors.length > 0) return oneLine(error.errors[0])
  const text = error instanceof Error ? error.message : String(error)
  return text.replaceAll(/\s*\n\s*/g, ' ')
}
