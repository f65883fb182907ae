import { expect } from 'vitest'
import { inside } from './inside.ts'
import type { TestServer } from './server.ts'

/** As if every reset that is requested in an organisation had been requested a day earlier, and the clock then asked. Answers how many there were. */
export function aDayPasses(server: TestServer, organization: string): Promise<number> {
  return inside(server, organization, async (client) => {
    const earlier =
      "key_reset_requested_at = key_reset_requested_at - interval '1 day', key_reset_effective_at = key_reset_effective_at - interval '1 day'"
    const { rowCount } = await client.query(`update users set ${earlier} where key_reset_requested_at is not null`)
    await client.query("select graphile_worker.add_job('complete-key-resets')")
    await expect
      .poll(async () => (await client.query('select 1 from users where key_reset_requested_at is not null')).rowCount, { timeout: 20_000 })
      .toBe(0)
    return rowCount ?? 0
  })
}
