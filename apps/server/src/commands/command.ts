import type { Organization } from '@latchkey/domain'
import type { Container } from 'inversify'
import { OrganizationRegister } from '../composition/tokens.ts'
import type { Opened } from '../composition/open.ts'

/** Why a command cannot: one line that says what to do. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CommandError'
  }
}

export interface Options {
  /** The value of `--name`; an error where it is missing. */
  required(name: string): string
  optional(name: string): string | undefined
  /** The one word that is no option; an error where it is missing. */
  argument(name: string): string
}

/** One command. `json` is its whole answer; `text` says the same to a person. */
export interface Command {
  readonly words: readonly string[]
  readonly usage: string
  readonly options: readonly string[]
  readonly takesArgument?: boolean
  run(opened: Opened, options: Options): Promise<{ readonly json: object; readonly text: string; readonly failed?: boolean }>
}

/** The organisation that `--org` names by its slug. */
export async function organizationNamed(container: Container, slug: string): Promise<Organization> {
  const organization = await container.get(OrganizationRegister).findBySlug(slug)
  if (!organization) throw new CommandError(`There is no organisation ${JSON.stringify(slug)}; see: latchkey organization list`)
  return organization
}

export function iso(instant: number): string
export function iso(instant: number | null): string | null
export function iso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString()
}

/** Columns under headings, for a person's eyes. */
export function table(rows: readonly Readonly<Record<string, string | boolean | null>>[]): string {
  const [first] = rows
  if (!first) return 'none'
  const headings = Object.keys(first)
  const lines = [headings, ...rows.map((row) => headings.map((heading) => String(row[heading] ?? '–')))]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
