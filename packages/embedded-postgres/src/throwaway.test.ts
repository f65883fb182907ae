import { existsSync } from 'node:fs'
import pg from 'pg'
import { expect, test } from 'vitest'
import { startThrowawayPostgres } from './throwaway.ts'

test('a throw-away server makes databases for its superuser, is careless, and vanishes with its folder', async () => {
  const postgres = await startThrowawayPostgres()
  const admin = new pg.Client(postgres.adminUrl)
  await admin.connect()
  await admin.query('CREATE DATABASE one_test OWNER latchkey')
  const { rows } = await admin.query("SELECT current_setting('data_directory') AS folder, current_setting('fsync') AS fsync")
  await admin.end()
  expect(rows).toEqual([{ folder: expect.stringContaining('latchkey-throwaway-'), fsync: 'off' }])

  await postgres.stop()
  await postgres.stop()
  expect(existsSync(rows[0].folder)).toBe(false)
})
