import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decisions, sections } from './rows.ts'
import './a-http.ts'
import './b-resource-model.ts'
import './c-create.ts'
import './d-retrieve.ts'
import './e-query.ts'
import './f-filter.ts'
import './g-sort.ts'
import './h-index-pagination.ts'
import './i-projection.ts'
import './j-search.ts'
import './k-put.ts'
import './l-patch.ts'
import './m-patch-add.ts'
import './n-patch-remove.ts'
import './o-patch-replace.ts'
import './p-delete.ts'
import './q-bulk.ts'
import './r-me.ts'
import './s-versions.ts'
import './t-discovery.ts'
import './u-tenancy.ts'
import './v-cursor-pagination.ts'

const rows = sections.flatMap((section) => section.rows)

test('every row of the checklist stands in the table, once and in order', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 276 }, (_, index) => index + 1))
})

test('every row has one test, in the file of its section, and no file has a test that is no row', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^[a-z]-.*\.ts$/.test(name))
  for (const { letter, rows: expected } of sections) {
    const file = files.find((name) => name.startsWith(`${letter.toLowerCase()}-`)) ?? ''
    const source = readFileSync(new URL(file, import.meta.url), 'utf8')
    const tested = [...source.matchAll(/^row\((\d+),|^ {2}\[(\d+), /gm)].map(([, one, other]) => Number(one ?? other))
    expect(tested.toSorted((a, b) => a - b)).toEqual(expected.map(({ number }) => number))
  }
})

test('every decision that a row names is written down, and no other', () => {
  const named = new Set(rows.flatMap(({ decision }) => (decision === undefined ? [] : [decision])))
  expect(Object.keys(decisions).toSorted()).toEqual([...named].toSorted())
})
