import { canonicalName } from '@latchkey/domain'
import type { MailLog, Outbox } from '@latchkey/application'
import type { Scope } from './realm.ts'

export function outbox({ realm }: Scope): Outbox {
  return {
    async append(mail) {
      realm.queuedMails.set(mail.key, mail)
    },
  }
}

export function mailLog({ realm, now }: Scope): MailLog {
  return {
    wasSent: async (key) => realm.sentMails.get(key) !== undefined,

    async sentSince(since, to) {
      const sent = realm.sentMails.values()
      const toKey = canonicalName(to)
      return {
        toAddress: sent.filter((mail) => mail.toKey === toKey && mail.at >= since.toAddress).length,
        inAll: sent.filter(({ at }) => at >= since.inAll).length,
      }
    },

    async forget(user) {
      for (const [key] of realm.sentMails.entries()) if (key.includes(user)) realm.sentMails.delete(key)
      for (const [key] of realm.queuedMails.entries()) if (key.includes(user)) realm.queuedMails.delete(key)
    },

    async noteSent(key, to) {
      if (!realm.sentMails.get(key)) realm.sentMails.set(key, { toKey: canonicalName(to), at: now })
    },
  }
}
