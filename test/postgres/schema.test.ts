import { readFileSync, writeFileSync } from 'node:fs'
import { dumpSchema, migrate, openDatabase, pendingMigrations } from '@latchkey/adapter-knex'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../database.ts'

const file = new URL('../../packages/adapter-knex/src/schema.sql', import.meta.url)
let open: TestDatabase

beforeAll(async () => {
  open = await testDatabase()
})
afterAll(() => open.close())

test('schema.sql is what the migrations make', async () => {
  const dumped = await dumpSchema(open.database)
  if (process.env['UPDATE_SCHEMA']) writeFileSync(file, dumped)
  expect(dumped).toBe(readFileSync(file, 'utf8'))
})

test('a second migration of the same database applies nothing', async () => {
  expect(await migrate(open.database, open.url)).toEqual([])
  expect(await pendingMigrations(open.database)).toEqual([])
})

test('two first migrations at once both succeed, and each step is applied once', async () => {
  const { knex } = open.database
  const all: { rows: { name: string }[] } = await knex.raw('select name from migrations')
  await knex.raw('drop schema public cascade; create schema public; drop schema graphile_worker cascade')
  const second = openDatabase({ url: open.url, poolMax: 2, onError: () => {} })
  const applied = await Promise.all([migrate(open.database, open.url), migrate(second, open.url)])
  await second.close()
  expect(all.rows.length).toBeGreaterThan(5)
  expect(applied.map((names) => names.length).toSorted()).toEqual([0, all.rows.length])
})
