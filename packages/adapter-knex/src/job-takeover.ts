import type { WorkerEvents } from 'graphile-worker'
import { Client } from 'pg'

/** The class of the advisory locks that workers hold while they live. */
const workerLockClass = 1_279_345_483
const sweepEveryMs = 15_000

/**
 * The jobs of a process that was killed stay locked for hours unless somebody frees them. Each process holds an advisory lock for each of its workers,
 * which PostgreSQL takes from it when it dies, and frees the jobs of workers whose lock nobody holds: within a minute (MAI-1).
 */
export async function holdWorkersAlive(
  url: string,
  events: WorkerEvents,
  onError: (error: Error) => void,
): Promise<{ stop(): Promise<void> }> {
  const own: string[] = []
  let client = await connect()
  let stopping = false

  events.on('worker:create', ({ worker }) => {
    own.push(worker.workerId)
    hold(worker.workerId).catch(onError)
  })

  const sweep = setInterval(() => {
    freeJobsOfTheDead()
      .catch(async (error: unknown) => {
        if (stopping) return
        onError(error instanceof Error ? error : new Error(String(error)))
        // A broken connection took the locks with it: a new one holds them anew.
        await client.end().catch(() => {})
        client = await connect()
        for (const worker of own) await hold(worker)
      })
      .catch(onError)
  }, sweepEveryMs)
  sweep.unref()

  return {
    async stop() {
      stopping = true
      clearInterval(sweep)
      await client.end()
    },
  }

  async function connect(): Promise<Client> {
    const fresh = new Client({ connectionString: url, application_name: 'latchkey-workers' })
    fresh.on('error', onError)
    await fresh.connect()
    return fresh
  }

  async function hold(worker: string): Promise<void> {
    await client.query('select pg_advisory_lock($1, hashtext($2))', [workerLockClass, worker])
  }

  async function freeJobsOfTheDead(): Promise<void> {
    const { rows } = await client.query<{ locked_by: string }>(
      `select distinct locked_by from graphile_worker._private_jobs where locked_at < now() - interval '20 seconds' and not locked_by = any($1)`,
      [own],
    )
    for (const { locked_by: worker } of rows) {
      const { rows: answers } = await client.query<{ free: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as free', [
        workerLockClass,
        worker,
      ])
      if (!answers[0]?.free) continue
      await client.query('select graphile_worker.force_unlock_workers(array[$1])', [worker])
      await client.query('select pg_advisory_unlock($1, hashtext($2))', [workerLockClass, worker])
    }
  }
}
