import { readFileSync } from 'node:fs'

/** One requirement of the RFCs, by the number that stays its own. */
export interface Row {
  readonly number: number
  readonly level: string
  readonly source: string
  readonly situation: string
  readonly expected: string
  /** The decision that says what holds here, where the row leaves a choice or contradicts another rule. */
  readonly decision?: string
  /** The status with which a feature that is not offered says so. */
  readonly notOffered?: number
}

export interface Section {
  readonly letter: string
  readonly title: string
  readonly rows: readonly Row[]
}

export const sections: readonly Section[] = JSON.parse(readFileSync(new URL('rows.json', import.meta.url), 'utf8'))

export const decisions: Readonly<Record<string, string>> = JSON.parse(readFileSync(new URL('decisions.json', import.meta.url), 'utf8'))

export function rowNumbered(number: number): Row {
  const row = sections.flatMap(({ rows }) => rows).find((candidate) => candidate.number === number)
  if (!row) throw new Error(`There is no row ${number}.`)
  return row
}
