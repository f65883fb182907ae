import {
  type ClaimMatch,
  type ConnectionProblem,
  type Organization,
  type Result,
  type SsoConnection,
  type SsoSettings,
  canonicalJson,
  connectionId,
  connectionProblem,
  isSameProvider,
  newlyTrusts,
  ok,
  refuse,
} from '@latchkey/domain'
import type { AccountMail } from '../account/account-mail.ts'
import type { Randomness, Seals } from '../ports/secrets.ts'
import type { SingleSignOn } from '../ports/single-sign-on.ts'
import type { Storage, Stores } from '../ports/storage.ts'
import { type Administrator, may } from './administrator.ts'

/** Settings as an administrator types them: the client secret in the clear. Undefined keeps the secret that is stored, as long as the provider is the same. */
export type SsoWish =
  | Extract<SsoSettings, { kind: 'saml' }>
  | (Omit<Extract<SsoSettings, { kind: 'oidc' }>, 'sealedClientSecret'> & { readonly clientSecret: string | null | undefined })

/** `owner-linked`: an owner signs in through this connection, and whoever may do less would decide who signs in as that owner. */
export type SetConnectionRefusal = ConnectionProblem | 'owner-linked'

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
  set(administrator: Administrator, wish: SsoWish, match: ClaimMatch): Promise<Result<SsoConnection, SetConnectionRefusal>> {
    const { organization, actor } = administrator
    return this.#storage.transaction(organization.id, async (stores) => {
      await stores.organization.lock()
      const before = await stores.sso.connection()
      const settings = this.#sealed(wish, before)
      const problem = connectionProblem(settings, match)
      if (problem) return refuse(problem)
      const id = before && isSameProvider(before, settings) ? before.id : connectionId(this.#randomness.uuid())
      const connection: SsoConnection = { id, match, ...settings }
      if (before && textOf(before) === textOf(connection)) return ok(before)
      if (before && newlyTrusts(before, settings) && !may(administrator, 'owner') && (await anOwnerIsLinkedBy(stores, before))) {
        await stores.audit.append(actor, { kind: 'action-refused', action: 'set-sso-connection', reason: 'owner-linked' })
        return refuse('owner-linked')
      }
      await stores.sso.save(connection)
      await stores.audit.append(actor, {
        kind: 'sso-connection-set',
        connection: id,
        replaced: before && before.id !== id ? before.id : null,
      })
      for (const owner of await stores.users.owners()) {
        const mail = this.#mail.compose(organization, owner, { kind: 'sso-connection-changed' }, String(stores.now))
        if (mail) await stores.outbox.append(mail)
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

  /** A secret goes to the provider for which it was given, and to no other one; the same secret typed again is no change. */
  #sealed(wish: SsoWish, before: SsoConnection | undefined): SsoSettings {
    if (wish.kind === 'saml') return wish
    const { clientSecret, ...settings } = wish
    const without: SsoSettings = { ...settings, sealedClientSecret: null }
    const stored = before?.kind === 'oidc' && isSameProvider(before, without) ? before.sealedClientSecret : null
    if (clientSecret === undefined) return { ...settings, sealedClientSecret: stored }
    if (clientSecret === null) return without
    const isStored = stored !== null && this.#seals.open(stored) === clientSecret
    return { ...settings, sealedClientSecret: isStored ? stored : this.#seals.seal(clientSecret) }
  }

  /** SAML metadata of our side; undefined for a connection that is not SAML, or another organisation's. */
  metadata(connection: SsoConnection): string | undefined {
    return connection.kind === 'saml' ? this.#singleSignOn.metadata(connection) : undefined
  }
}

async function anOwnerIsLinkedBy({ users }: Pick<Stores, 'users'>, { id }: SsoConnection): Promise<boolean> {
  return (await users.owners()).some(({ user }) => user.identityLink?.connectionId === id)
}

function textOf(connection: SsoConnection): string {
  return canonicalJson({ ...connection, match: { ...connection.match } })
}
