import { shareEmbeddedPostgres } from '@latchkey/embedded-postgres'
import { Client } from 'pg'
import type { TestServer } from './server.ts'

/** Work on the database of a running server, as its role and as one organisation. */
export async function inside<Answer>(server: TestServer, organization: string, work: (client: Client) => Promise<Answer>): Promise<Answer> {
  const postgres = await shareEmbeddedPostgres({ dataFolder: server.dataFolder })
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  try {
    await client.query("select set_config('latchkey.organization', $1, false)", [organization])
    return await work(client)
  } finally {
    await client.end()
    await postgres.stop()
  }
}
