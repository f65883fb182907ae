import { canonicalName } from '@latchkey/domain'
import { type MailLog, type Outbox, isFirstMail } from '@latchkey/application'
import { type Connection, defer, insert, run } from './database.ts'
import type { Scope } from './scope.ts'
import type { Into } from './statement.ts'

/** The name of the job that delivers a mail. */
export const deliverMailTask = 'deliver-mail'

const mails: Into = { name: 'outbox-append-first', table: 'outbox (org_id, is_first_mail, key, mail)', width: 4 }

/** A row that is written in the transaction: both are there or neither (MAI-1). A relay makes it the job that delivers. */
export function outbox(connection: Connection, { organization }: Scope): Outbox {
  return {
    async append(mail) {
      const isFirst = isFirstMail(mail)
      const values = [organization, isFirst, mail.key, JSON.stringify(mail)]
      // A first mail is queued once, by the change that notes so in the person's row: to look for another costs as much as adding it does.
      if (isFirst) return insert(connection, mails, values)
      const text = `insert into ${mails.table} values (?, ?, ?, ?) on conflict (org_id, key) do update set mail = excluded.mail`
      defer(connection, 'outbox-append', text, values)
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
      await run(connection, 'outbox-forget', 'delete from outbox where org_id = ? and position(? in key) > 0', [organization, user])
    },

    async noteSent(key, to) {
      const text = 'insert into mail_log (org_id, key, recipient_key, sent_at) values (?, ?, ?, ?) on conflict do nothing'
      defer(connection, 'mail-note-sent', text, [organization, key, canonicalName(to), new Date(now).toISOString()])
    },
  }
}
