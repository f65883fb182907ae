import { cpus, totalmem } from 'node:os'
import { Client } from 'pg'

/** What a figure is of beside the code: the machine, and the versions of what ran on it. */
export interface Surroundings {
  readonly processor: string
  readonly memory: string
  readonly system: string
  readonly node: string
  readonly postgres: string
}

/** Those of now, with the PostgreSQL behind an address. */
export async function surroundingsNow(databaseUrl: string): Promise<Surroundings> {
  return {
    processor: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    postgres: await versionOf(databaseUrl),
  }
}

async function versionOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ server_version: string }>('show server_version')
  await client.end()
  return rows[0]?.server_version ?? 'unknown'
}
