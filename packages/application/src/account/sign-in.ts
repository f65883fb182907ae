import {
  type ConnectionId,
  type LinkRefusal,
  type Organization,
  type Result,
  type SsoConnection,
  type User,
  isOwner,
  minuteMs,
  ok,
  refuse,
  signIn,
  toBase64url,
} from '@latchkey/domain'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { Randomness, SecretDigests } from '../ports/secrets.ts'
import {
  type AssertionRefusalReason,
  AssertionRefused,
  type ProviderResponse,
  type SingleSignOn,
  type VerifiedAssertion,
} from '../ports/single-sign-on.ts'
import type { SsoRegister } from '../ports/sso-store.ts'
import type { Storage, Stores } from '../ports/storage.ts'
import type { UserRecord } from '../ports/user-store.ts'
import type { AccountMail } from './account-mail.ts'
import type { Person } from './person.ts'
import type { IssuedSession, Place, SessionTokens } from './session-tokens.ts'

export type StartSignInRefusal = 'unknown-organization' | 'no-connection' | 'provider-unavailable'

export type CompleteSignInRefusal =
  | AssertionRefusalReason
  | LinkRefusal
  /** No attempt of this browser's is open: it was spent, has expired, or began elsewhere. */
  | 'sign-in-expired'
  | 'replayed'
  /** U5: nobody here is meant; ask an administrator. */
  | 'not-provisioned'

export interface StartedSignIn {
  readonly redirectUrl: string
  /** The browser keeps it and must bring it back. */
  readonly handle: string
  /** SAML comes back by a form of another site, to which the browser sends no stricter cookie. */
  readonly comesBackByForm: boolean
}

export interface CompletedSignIn {
  readonly session: IssuedSession
  readonly organization: Organization
}

/** How long a person may take at their provider. */
const attemptMs = 10 * minuteMs

/** Authentication, the first of the two steps: a person shows who they are, at their own identity provider. */
export class SignIn {
  readonly #storage: Storage
  readonly #register: OrganizationRegister
  readonly #ssoRegister: SsoRegister
  readonly #singleSignOn: SingleSignOn
  readonly #randomness: Randomness
  readonly #digests: SecretDigests
  readonly #tokens: SessionTokens
  readonly #mail: AccountMail

  constructor(ports: {
    storage: Storage
    register: OrganizationRegister
    ssoRegister: SsoRegister
    singleSignOn: SingleSignOn
    randomness: Randomness
    digests: SecretDigests
    tokens: SessionTokens
    mail: AccountMail
  }) {
    this.#storage = ports.storage
    this.#register = ports.register
    this.#ssoRegister = ports.ssoRegister
    this.#singleSignOn = ports.singleSignOn
    this.#randomness = ports.randomness
    this.#digests = ports.digests
    this.#tokens = ports.tokens
    this.#mail = ports.mail
  }

  /** `owner` is an owner who asks from a session of their own, to be linked: nothing else links one (U4). */
  async start(slug: string, owner: Person | null): Promise<Result<StartedSignIn, StartSignInRefusal>> {
    const organization = await this.#register.findBySlug(slug)
    if (!organization) return refuse('unknown-organization')
    const connection = await this.#storage.read(organization.id, ({ sso }) => sso.connection())
    if (!connection) return refuse('no-connection')
    const handle = toBase64url(this.#randomness.bytes(32))
    let begun: Awaited<ReturnType<SingleSignOn['begin']>>
    try {
      begun = await this.#singleSignOn.begin(connection, handle)
    } catch (error) {
      if (error instanceof AssertionRefused) return refuse('provider-unavailable')
      throw error
    }
    const { redirectUrl, remember } = begun
    await this.#storage.transaction(organization.id, ({ sso, now }) =>
      sso.begin(
        {
          connection: connection.id,
          remember,
          owner: owner?.organization.id === organization.id ? owner.user : null,
          expiresAt: now + attemptMs,
        },
        this.#digests.digest(handle),
      ),
    )
    return ok({ redirectUrl, handle, comesBackByForm: connection.kind === 'saml' })
  }

  /**
   * `handle` is what came back with the response, and null where the sign-in began at the provider; `ownHandle` is the browser's own. Nothing is written for a
   * response that is refused but the refusal.
   */
  async complete(
    response: ProviderResponse,
    {
      handle,
      ownHandle,
      connection,
    }: { readonly handle: string | null; readonly ownHandle: string | null; readonly connection: ConnectionId | null },
    place: Place,
  ): Promise<Result<CompletedSignIn, CompleteSignInRefusal>> {
    // A response to a request that another browser began would sign this one in as whoever began it.
    if (handle !== null && handle !== ownHandle) return refuse('sign-in-expired')
    const digest = handle === null ? null : this.#digests.digest(handle)
    const organization = digest
      ? await this.#ssoRegister.organizationOfAttempt(digest)
      : connection && (await this.#ssoRegister.organizationOfConnection(connection))
    if (!organization) return refuse('sign-in-expired')

    const begun = await this.#storage.transaction(organization.id, async ({ sso, now }) => {
      const present = await sso.connection()
      const attempt = digest ? await sso.take(digest) : null
      if (!present || attempt === undefined) return null
      if (attempt && (attempt.expiresAt <= now || attempt.connection !== present.id)) return null
      return { present, attempt }
    })
    if (!begun) return this.#refuse(organization, 'sign-in-expired')

    let assertion: VerifiedAssertion
    try {
      assertion = await this.#singleSignOn.complete(begun.present, response, begun.attempt?.remember ?? null)
    } catch (error) {
      if (error instanceof AssertionRefused) return this.#refuse(organization, error.reason)
      throw error
    }
    const result = await this.#storage.transaction(organization.id, (stores) =>
      this.#signIn(stores, organization, begun.present, assertion, begun.attempt?.owner ?? null, place),
    )
    return result.ok ? ok({ session: result.value, organization }) : this.#refuse(organization, result.error)
  }

  async #signIn(
    stores: Stores,
    organization: Organization,
    connection: SsoConnection,
    assertion: VerifiedAssertion,
    owner: User['id'] | null,
    place: Place,
  ): Promise<Result<IssuedSession, CompleteSignInRefusal>> {
    const { users, sso, audit, outbox, now } = stores
    if (assertion.assertionId !== null && !(await sso.isFirstUse(connection.id, assertion.assertionId, assertion.expiresAt)))
      return refuse('replayed')

    const matched = await this.#matched(stores, connection, assertion)
    const id = owner ?? (await users.byLink(connection.id, assertion.subject)) ?? matched?.user.id
    // Locked before anything is decided: a deactivation meanwhile is seen, and one that comes later ends this session (LIF-3).
    const record = id && (await users.lock(id))
    if (!record) return refuse('not-provisioned')
    const fromOwnSession = owner === record.user.id && isOwner(record.user)
    const claimMatches = matched?.user.id === record.user.id
    const signedIn = signIn(record.user, { connectionId: connection.id, subject: assertion.subject, claimMatches, fromOwnSession })
    if (!signedIn.ok) return signedIn

    const linked = signedIn.value === record.user ? null : connection.id
    if (linked) await users.saveLinkAndKey(record, signedIn.value)
    const issued = await this.#tokens.begin(stores, record.user.id, 'sso', place)
    await audit.append(
      { kind: 'person', id: record.user.id },
      { kind: 'signed-in', user: record.user.id, session: issued.session.id, via: 'sso', linked },
    )
    if ((await sso.notePlace(record.user.id, `${place.address} ${place.userAgent}`)) === 'new') {
      const notice = { kind: 'new-sign-in-place', address: place.address, userAgent: place.userAgent, at: now } as const
      const mail = this.#mail.compose(organization, record, notice, issued.session.id)
      if (mail) await outbox.append(mail)
    }
    return ok(issued)
  }

  /** Whom the mapped claim names. */
  async #matched({ users }: Stores, { match }: SsoConnection, { matchValue }: VerifiedAssertion): Promise<UserRecord | undefined> {
    if (matchValue === null || matchValue === '') return undefined
    return match.attribute === 'userName' ? users.byName(matchValue) : users.byExternalId(matchValue)
  }

  /** A refused sign-in is an event, and changes nothing. */
  async #refuse(organization: Organization, reason: CompleteSignInRefusal): Promise<Result<never, CompleteSignInRefusal>> {
    await this.#storage.transaction(organization.id, ({ audit }) => audit.append({ kind: 'nobody' }, { kind: 'sign-in-refused', reason }))
    return refuse(reason)
  }
}
