import {
  type Actor,
  type KeyResetRequest,
  type Organization,
  type RequestResetRefusal,
  type Result,
  type UserId,
  cancelReset,
  ok,
  refuse,
  requestReset,
  signInIsFresh,
} from '@latchkey/domain'
import type { Administrator } from '../administration/administrator.ts'
import type { Storage, Stores } from '../ports/storage.ts'
import type { UserRecord } from '../ports/user-store.ts'
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
    return asPerson<KeyResetRequest, RequestKeyResetRefusal>(this.#storage, person, async (stores, { record, session }) => {
      if (!signInIsFresh(session, stores.now)) return refuse('session-too-old')
      return this.#begin(stores, person.organization, record, { kind: 'person', id: person.user })
    })
  }

  /** Without a request this changes nothing. */
  cancel(person: Person): Promise<Result<void, 'not-signed-in'>> {
    return asPerson(this.#storage, person, async (stores, { record }) => {
      await this.#takeBack(stores, record, { kind: 'person', id: person.user })
      return ok(undefined)
    })
  }

  /** U12, by an administrator for somebody who cannot sign in to ask. It changes as little, and the same people are told. */
  requestFor(
    { organization, actor }: Administrator,
    id: UserId,
  ): Promise<Result<KeyResetRequest, RequestResetRefusal | 'member-not-found'>> {
    return this.#storage.transaction(organization.id, async (stores) => {
      const record = await stores.users.lock(id)
      return record ? this.#begin(stores, organization, record, actor) : refuse('member-not-found')
    })
  }

  /** Without a request this changes nothing. */
  cancelFor({ organization, actor }: Administrator, id: UserId): Promise<Result<void, 'member-not-found'>> {
    return this.#storage.transaction(organization.id, async (stores) => {
      const record = await stores.users.lock(id)
      if (!record) return refuse('member-not-found')
      await this.#takeBack(stores, record, actor)
      return ok(undefined)
    })
  }

  async #begin(
    { users, audit, outbox, now }: Stores,
    organization: Organization,
    record: UserRecord,
    actor: Actor,
  ): Promise<Result<KeyResetRequest, RequestResetRefusal>> {
    const { user } = record
    const key = requestReset(user.encryptionKey, now)
    if (!key.ok) return key
    const { resetRequest } = key.value
    if (!resetRequest) throw new Error('A reset that was just requested is not there.')
    await users.saveLinkAndKey(record, { ...user, encryptionKey: key.value })
    const { effectiveAt } = resetRequest
    await audit.append(actor, { kind: 'key-reset-requested', user: user.id, effectiveAt })

    const by = actor.kind === 'person' && actor.id === user.id ? 'person' : 'administrator'
    const occasion = String(now)
    const mails = [this.#mail.compose(organization, record, { kind: 'key-reset-requested', by, effectiveAt }, occasion)]
    for (const owner of (await users.owners()).filter((other) => other.user.id !== user.id)) {
      const notice = { kind: 'key-reset-requested-by', person: user.userName, effectiveAt } as const
      mails.push(this.#mail.compose(organization, owner, notice, `${user.id}.${occasion}`))
    }
    for (const mail of mails) if (mail) await outbox.append(mail)
    return ok(resetRequest)
  }

  async #takeBack({ users, audit }: Stores, record: UserRecord, actor: Actor): Promise<void> {
    const encryptionKey = cancelReset(record.user.encryptionKey)
    if (encryptionKey === record.user.encryptionKey) return
    await users.saveLinkAndKey(record, { ...record.user, encryptionKey })
    await audit.append(actor, { kind: 'key-reset-cancelled', user: record.user.id })
  }
}
