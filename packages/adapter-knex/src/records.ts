import { canonicalName } from '@latchkey/domain'
import type { MailLog, Outbox } from '@latchkey/application'
import { type Connection, defer, run } from './database.ts'
import type { Scope } from './scope.ts'

/** The name of the job that delivers a mail. */
export const deliverMailTask = 'deliver-mail'

/** The job that is added in the transaction is the outbox row: both are there or neither (MAI-1). */
export function outbox(connection: Connection, { organization }: Scope): Outbox {
  return {
    async append(mail) {
      const text = 'select graphile_worker.add_job(?, payload => ?::json, job_key => ?, max_attempts => 25)'
      defer(connection, 'outbox-append', text, [deliverMailTask, JSON.stringify({ organization, mail }), `${organization}:${mail.key}`])
    },
  }
}

export function mailLog(connection: Connection, { organization, now }: Scope): MailLog {
  return {
    async wasSent(key) {
      const rows = await run(connection, 'mail-was-sent', 'select 1 from mail_log where org_id = ? and key = ?', [organization, key])
      return rows.length > 0
    },

    async sentSince(since, to) {
      const text = `select (select count(*)::integer from mail_log where org_id = ? and recipient_key = ? and sent_at >= ?) as to_address,
        (select count(*)::integer from mail_log where org_id = ? and sent_at >= ?) as in_all`
      const [row] = await run<{ to_address: number; in_all: number }>(connection, 'mail-sent-since', text, [
        organization,
        canonicalName(to),
        new Date(since.toAddress).toISOString(),
        organization,
        new Date(since.inAll).toISOString(),
      ])
      return { toAddress: row?.to_address ?? 0, inAll: row?.in_all ?? 0 }
    },

    async forget(user) {
      await run(connection, 'mail-forget', 'delete from mail_log where org_id = ? and position(? in key) > 0', [organization, user])
    },

    async noteSent(key, to) {
      const text = 'insert into mail_log (org_id, key, recipient_key, sent_at) values (?, ?, ?, ?) on conflict do nothing'
      defer(connection, 'mail-note-sent', text, [organization, key, canonicalName(to), new Date(now).toISOString()])
    },
  }
}
