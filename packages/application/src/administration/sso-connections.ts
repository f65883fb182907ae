import {
  type ClaimMatch,
  type ConnectionProblem,
  type Organization,
  type Result,
  type SsoConnection,
  type SsoSettings,
  connectionId,
  connectionProblem,
  isSameProvider,
  ok,
  refuse,
} from '@latchkey/domain'
import type { AccountMail } from '../account/account-mail.ts'
import type { Randomness, Seals } from '../ports/secrets.ts'
import type { SingleSignOn } from '../ports/single-sign-on.ts'
import type { Storage } from '../ports/storage.ts'

/** Settings as an administrator types them: the client secret in the clear. */
export type SsoWish =
  | Extract<SsoSettings, { kind: 'saml' }>
  | (Omit<Extract<SsoSettings, { kind: 'oidc' }>, 'sealedClientSecret'> & { readonly clientSecret: string | null })

/** An organisation's one connection to its identity provider. */
export class SsoConnections {
  readonly #storage: Storage
  readonly #randomness: Randomness
  readonly #singleSignOn: SingleSignOn
  readonly #seals: Seals
  readonly #mail: AccountMail

  constructor(ports: { storage: Storage; randomness: Randomness; singleSignOn: SingleSignOn; seals: Seals; mail: AccountMail }) {
    this.#storage = ports.storage
    this.#randomness = ports.randomness
    this.#singleSignOn = ports.singleSignOn
    this.#seals = ports.seals
    this.#mail = ports.mail
  }

  /** The owners are told. Another provider gets another id, so that nobody is signed in by a link to the former one (SSO-3). */
  set(organization: Organization, wish: SsoWish, match: ClaimMatch): Promise<Result<SsoConnection, ConnectionProblem>> {
    const settings = this.#sealed(wish)
    const problem = connectionProblem(settings, match)
    if (problem) return Promise.resolve(refuse(problem))
    return this.#storage.transaction(organization.id, async ({ organization: store, sso, users, audit, outbox, now }) => {
      await store.lock()
      const before = await sso.connection()
      const id = before && isSameProvider(before, settings) ? before.id : connectionId(this.#randomness.uuid())
      const connection: SsoConnection = { id, match, ...settings }
      await sso.save(connection)
      await audit.append(
        { kind: 'operator' },
        { kind: 'sso-connection-set', connection: id, replaced: before && before.id !== id ? before.id : null },
      )
      for (const owner of await users.owners()) {
        const mail = this.#mail.compose(organization, owner, { kind: 'sso-connection-changed' }, String(now))
        if (mail) await outbox.append(mail)
      }
      return ok(connection)
    })
  }

  get(organization: Organization): Promise<SsoConnection | undefined> {
    return this.#storage.read(organization.id, ({ sso }) => sso.connection())
  }

  async test(organization: Organization): Promise<Result<Awaited<ReturnType<SingleSignOn['test']>>, 'no-connection'>> {
    const connection = await this.get(organization)
    return connection ? ok(await this.#singleSignOn.test(connection)) : refuse('no-connection')
  }

  #sealed(wish: SsoWish): SsoSettings {
    if (wish.kind === 'saml') return wish
    const { clientSecret, ...settings } = wish
    return { ...settings, sealedClientSecret: clientSecret === null ? null : this.#seals.seal(clientSecret) }
  }

  /** SAML metadata of our side; undefined for a connection that is not SAML, or another organisation's. */
  metadata(connection: SsoConnection): string | undefined {
    return connection.kind === 'saml' ? this.#singleSignOn.metadata(connection) : undefined
  }
}
