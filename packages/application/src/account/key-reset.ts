import {
  type KeyResetRequest,
  type RequestResetRefusal,
  type Result,
  cancelReset,
  ok,
  refuse,
  requestReset,
  signInIsFresh,
} from '@latchkey/domain'
import type { Storage } from '../ports/storage.ts'
import type { AccountMail } from './account-mail.ts'
import { type Person, asPerson } from './person.ts'

export type RequestKeyResetRefusal = RequestResetRefusal | 'session-too-old'

/** U12, by the person: for when neither master password nor recovery kit is left. */
export class KeyReset {
  readonly #storage: Storage
  readonly #mail: AccountMail

  constructor(ports: { storage: Storage; mail: AccountMail }) {
    this.#storage = ports.storage
    this.#mail = ports.mail
  }

  /** Nothing changes until the request's time has come. The person and the owners are told, so that whoever did not wish it can cancel. */
  request(person: Person): Promise<Result<KeyResetRequest, RequestKeyResetRefusal | 'not-signed-in'>> {
    return asPerson<KeyResetRequest, RequestKeyResetRefusal>(
      this.#storage,
      person,
      async ({ users, audit, outbox, now }, { record, session }) => {
        if (!signInIsFresh(session, now)) return refuse('session-too-old')
        const key = requestReset(record.user.encryptionKey, now)
        if (!key.ok) return key
        const { resetRequest } = key.value
        if (!resetRequest) throw new Error('A reset that was just requested is not there.')
        await users.saveLinkAndKey(record, { ...record.user, encryptionKey: key.value })
        const { effectiveAt } = resetRequest
        await audit.append({ kind: 'person', id: person.user }, { kind: 'key-reset-requested', user: person.user, effectiveAt })

        const occasion = String(now)
        const mails = [this.#mail.compose(person.organization, record, { kind: 'key-reset-requested', effectiveAt }, occasion)]
        for (const owner of (await users.owners()).filter(({ user }) => user.id !== person.user)) {
          const notice = { kind: 'key-reset-requested-by', person: record.user.userName, effectiveAt } as const
          mails.push(this.#mail.compose(person.organization, owner, notice, `${person.user}.${occasion}`))
        }
        for (const mail of mails) if (mail) await outbox.append(mail)
        return ok(resetRequest)
      },
    )
  }

  /** Without a request this changes nothing. */
  cancel(person: Person): Promise<Result<void, 'not-signed-in'>> {
    return asPerson(this.#storage, person, async ({ users, audit }, { record }) => {
      const encryptionKey = cancelReset(record.user.encryptionKey)
      if (encryptionKey === record.user.encryptionKey) return ok(undefined)
      await users.saveLinkAndKey(record, { ...record.user, encryptionKey })
      await audit.append({ kind: 'person', id: person.user }, { kind: 'key-reset-cancelled', user: person.user })
      return ok(undefined)
    })
  }
}
