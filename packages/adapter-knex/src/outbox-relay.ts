import { mailCaps } from '@latchkey/application'
import { hourMs } from '@latchkey/domain'
import { Pool, type PoolClient } from 'pg'
import { deliverMailTask } from './records.ts'

/** An idle tick is one look into an index, and whoever asked for a mail waits a quarter of a second at most, or a second beside a flood of them. */
const tickMs = 250

const mailsPerTick = 6

/**
 * Behind a step that took as many as it may, so that more wait. A first synchronisation queues them by the ten thousand, and what their delivery takes, some milliseconds
 * of both processors for each, is taken from its requests; an organisation still spends what it may send in an hour (`mailCaps`) in a quarter of it.
 */
const fullTickMs = 1_000

/**
 * Two ticks' worth, so that no worker runs dry. More would pile up behind a slow mail server, where jobs are worked off in the order of their times, and
 * the flood of one organisation would delay the mails of all.
 */
const jobsDueMax = 2 * mailsPerTick

/** What fails is most often a database that is starting again. */
const pauseMs = 2_000

/** Far more than a statement takes: of a database that went silent. */
const statementMsMax = 10_000

/**
 * A plan that is made while the outbox is empty reads the whole table, and would be kept for the day on which 100,000 mails wait. Indexes are
 * walked one by one, which stops at the limit and steps over what was taken away before.
 */
const planning = ['plan_cache_mode=force_generic_plan', 'enable_seqscan=off', 'enable_bitmapscan=off', 'jit=off']

/** Comes before every organisation's id. */
const nobody = '00000000-0000-0000-0000-000000000000'

/**
 * Moves what transactions have put into the outbox to the queue that delivers and retries. Any number of processes may do so side by side. Organisations
 * take turns, so that none waits behind another's thousands; the mails of one that has sent all it may in an hour stay where they are, untouched.
 */
export class OutboxRelay {
  readonly #pool: Pool
  readonly #onError: (error: Error) => void
  /** Whose turn was last. */
  #last = nobody
  #timer: NodeJS.Timeout | undefined
  #tick = Promise.resolve()
  #isStopping = false

  constructor({ url, onError }: { readonly url: string; readonly onError: (error: Error) => void }) {
    this.#onError = onError
    this.#pool = new Pool({
      connectionString: url,
      max: 1,
      application_name: 'latchkey-outbox',
      connectionTimeoutMillis: statementMsMax,
      query_timeout: statementMsMax,
      options: [`statement_timeout=${statementMsMax}`, ...planning].map((setting) => `-c ${setting}`).join(' '),
    })
    this.#pool.on('error', onError)
    this.#pool.on('connect', (client) => client.on('error', onError))
  }

  start(): void {
    this.#plan(tickMs)
  }

  /** Waits for the step that is under way; what waits stays for the next start. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#timer)
    await this.#tick
    await this.#pool.end()
  }

  /** One step: a few mails, fairly taken. Answers how many it moved. */
  async move(): Promise<number> {
    const client = await this.#pool.connect()
    try {
      const organizations = await this.#next(client)
      let moved = 0
      for (const [index, organization] of organizations.entries()) {
        // Evenly; what one leaves is for those behind it.
        const share = Math.ceil((mailsPerTick - moved) / (organizations.length - index))
        moved += await moveOf(client, organization, share)
      }
      client.release()
      return moved
    } catch (error) {
      // With the connection goes what was begun on it.
      client.release(true)
      throw error
    }
  }

  #plan(delayMs: number): void {
    if (this.#isStopping) return
    this.#timer = setTimeout(() => {
      this.#tick = this.move().then(
        (moved) => this.#plan(moved < mailsPerTick ? tickMs : fullTickMs),
        (error: unknown) => {
          this.#onError(new Error(`The outbox waits: ${error instanceof Error ? error.message : 'unknown'}`))
          this.#plan(pauseMs)
        },
      )
    }, delayMs)
  }

  /** Organisations whose turn it is: from the last one on, and around. */
  async #next(client: PoolClient): Promise<readonly string[]> {
    const later = await waiting(client, this.#last)
    const earlier = this.#last === nobody || later.length === mailsPerTick ? [] : await waiting(client, nobody)
    const organizations = [...new Set([...later, ...earlier])].slice(0, mailsPerTick)
    this.#last = organizations.at(-1) ?? nobody
    return organizations
  }
}

/** As many organisations as there are mails in a step, each found by one descent into the index, however much waits of it. */
async function waiting(client: PoolClient, after: string): Promise<readonly string[]> {
  const text = `
    with recursive waiting as (
      (select org_id from outbox where org_id > $1 order by org_id limit 1)
      union all
      select (select outbox.org_id from outbox where outbox.org_id > waiting.org_id order by outbox.org_id limit 1)
        from waiting where waiting.org_id is not null
    )
    select org_id from waiting where org_id is not null limit $2`
  const { rows } = await client.query<{ org_id: string }>({ name: 'outbox-waiting', text, values: [after, mailsPerTick] })
  return rows.map(({ org_id }) => org_id)
}

/**
 * Takes away and adds in one transaction, bound to the organisation as every other is. Jobs that are due count as sent, whoever's they are: so
 * the queue seldom gets a mail that it must put off. Whether a mail leaves is decided when it is delivered (MAI-3).
 */
async function moveOf(client: PoolClient, organization: string, share: number): Promise<number> {
  const text = `
    with due as (
      select count(*)::integer as jobs from (
        select from graphile_worker._private_jobs where is_available and run_at <= now() limit $5
      ) as job
    ),
    sent as (
      select count(*)::integer as mails from (
        select from mail_log where org_id = $1 and sent_at > now() - make_interval(secs => $3::double precision) limit $4
      ) as mail
    ),
    next as materialized (
      select is_first_mail, id from outbox where org_id = $1 order by org_id, is_first_mail, id
        limit (select greatest(0, least($2, $4 - sent.mails - due.jobs, $5 - due.jobs)) from due, sent)
        for update skip locked
    ),
    taken as (
      delete from outbox using next where outbox.org_id = $1 and outbox.is_first_mail = next.is_first_mail and outbox.id = next.id
        returning outbox.is_first_mail, outbox.id, outbox.key, outbox.mail
    ),
    batch as (
      select array_agg((
          $6::text, json_build_object('organization', $1, 'mail', mail), null, null, 25, $1 || ':' || key, null, null
        )::graphile_worker.job_spec order by is_first_mail, id) as specs
        from taken having count(*) > 0
    )
    select jobs.id from batch, graphile_worker.add_jobs(batch.specs) as jobs`
  const values = [organization, share, hourMs / 1_000, mailCaps.inAllPerHour, jobsDueMax, deliverMailTask]
  await client.query('begin')
  await client.query("select set_config('latchkey.organization', $1, true)", [organization])
  const { rowCount } = await client.query({ name: 'outbox-move', text, values })
  await client.query('commit')
  return rowCount ?? 0
}
