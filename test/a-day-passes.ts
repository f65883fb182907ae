import { shareEmbeddedPostgres } from '@latchkey/embedded-postgres'
import { Client } from 'pg'
import { expect } from 'vitest'
import type { TestServer } from './server.ts'

/** As if the one reset that is requested in an organisation had been requested a day earlier, and the clock then asked. */
export async function aDayPasses(server: TestServer, slug: string): Promise<void> {
  const { organizations } = await server.latchkey<{ organizations: { id: string; slug: string }[] }>('organization', 'list')
  const postgres = await shareEmbeddedPostgres({ dataFolder: server.dataFolder })
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  try {
    await client.query("select set_config('latchkey.organization', $1, false)", [organizations.find((each) => each.slug === slug)?.id])
    const earlier =
      "key_reset_requested_at = key_reset_requested_at - interval '1 day', key_reset_effective_at = key_reset_effective_at - interval '1 day'"
    expect((await client.query(`update users set ${earlier} where key_reset_requested_at is not null`)).rowCount).toBe(1)
    await client.query("select graphile_worker.add_job('complete-key-resets')")
    await expect
      .poll(async () => (await client.query('select 1 from users where key_reset_requested_at is not null')).rowCount, { timeout: 20_000 })
      .toBe(0)
  } finally {
    await client.end()
    await postgres.stop()
  }
}
