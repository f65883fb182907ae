import { type OrganizationId, organizationId } from '@latchkey/domain'
import type { DeliverMailOutcome, OutgoingMail } from '@latchkey/application'
import { EventEmitter } from 'node:events'
import { Logger, type Task, type WorkerEvents, run } from 'graphile-worker'
import { Pool } from 'pg'
import { holdWorkersAlive } from './job-takeover.ts'
import { OutboxRelay } from './outbox-relay.ts'
import { deliverMailTask } from './records.ts'

export interface JobHandlers {
  deliverMail(organization: OrganizationId, mail: OutgoingMail): Promise<DeliverMailOutcome>
  /** Asked by the clock, once an hour. */
  warnOfTokenExpiry(): Promise<void>
  /** Asked by the clock, every minute. */
  completeKeyResets(): Promise<void>
  /** Asked by the clock, once an hour. */
  forgetWhatExpired(): Promise<void>
  /** Asked by the clock, once a minute. */
  sealAudit(): Promise<void>
  /** Asked by the clock, once a minute. */
  watchForMassChange(): Promise<void>
  /** Asked by the clock, every ten minutes. */
  tellHolders(): Promise<void>
  /** Asked by the clock, once a day. */
  expireRecords(): Promise<void>
}

export interface Jobs {
  /** Waits for the jobs that are running; those that wait stay for the next start. */
  stop(): Promise<void>
}

const warnTask = 'warn-of-token-expiry'
const resetsTask = 'complete-key-resets'
const forgetTask = 'forget-what-expired'
const sealTask = 'seal-audit'
const watchTask = 'watch-for-mass-change'
const tellTask = 'tell-holders'
const expireTask = 'expire-records'

interface MailPayload {
  readonly organization: string
  readonly mail: OutgoingMail
}

/** Works off what transactions have queued, with connections of its own, so that requests never wait for a mail. */
export async function startJobs({
  url,
  handlers,
  onError,
}: {
  readonly url: string
  readonly handlers: JobHandlers
  readonly onError: (error: Error) => void
}): Promise<Jobs> {
  const pool = new Pool({ connectionString: url, max: 4, application_name: 'latchkey-jobs' })
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))

  const deliver: Task = async (payload, { addJob }) => {
    const { organization, mail } = mailPayload(payload)
    const outcome = await handlers.deliverMail(organizationId(organization), mail)
    // A new job in place of this one: to wait is no failure.
    if (outcome.kind === 'later') await addJob(deliverMailTask, { organization, mail }, { runAt: new Date(outcome.at), maxAttempts: 25 })
  }

  const events: WorkerEvents = new EventEmitter()
  const liveness = await holdWorkersAlive(url, events, onError)
  const runner = await run({
    pgPool: pool,
    concurrency: 2,
    noHandleSignals: true,
    pollInterval: 2_000,
    logger: new Logger(() => () => {}),
    taskList: {
      [deliverMailTask]: deliver,
      [warnTask]: () => handlers.warnOfTokenExpiry(),
      [resetsTask]: () => handlers.completeKeyResets(),
      [forgetTask]: () => handlers.forgetWhatExpired(),
      [watchTask]: () => handlers.watchForMassChange(),
      [sealTask]: () => handlers.sealAudit(),
      [tellTask]: () => handlers.tellHolders(),
      [expireTask]: () => handlers.expireRecords(),
    },
    crontab: [
      `17 * * * * ${warnTask} ?fill=1h&max=3`,
      `* * * * * ${resetsTask} ?max=3`,
      `41 * * * * ${forgetTask} ?max=3`,
      // One at a time, and none in waiting behind another: the next minute brings the next.
      `* * * * * ${sealTask} ?jobKey=${sealTask}&queue=audit&max=3`,
      `* * * * * ${watchTask} ?jobKey=${watchTask}&max=3`,
      `*/10 * * * * ${tellTask} ?jobKey=${tellTask}&max=3`,
      `41 3 * * * ${expireTask} ?fill=1d&queue=audit&max=3`,
    ].join('\n'),
    events,
  })
  events.on('job:error', ({ error, job }) => {
    onError(new Error(`${job.task_identifier} failed and will be tried again: ${error instanceof Error ? error.message : 'unknown'}`))
  })

  const relay = new OutboxRelay({ url, onError })
  relay.start()

  return {
    async stop() {
      await relay.stop()
      await runner.stop()
      await liveness.stop()
      await pool.end()
    },
  }
}

/** What the relay wrote. */
function mailPayload(payload: unknown): MailPayload {
  return payload as MailPayload
}
