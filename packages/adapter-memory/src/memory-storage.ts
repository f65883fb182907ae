import type { Instant, OrganizationId } from '@latchkey/domain'
import {
  type ApiCredentials,
  type DeliverMailOutcome,
  type FirstStores,
  type Locations,
  type OrganizationRegister,
  type OutgoingMail,
  type OwnerLinkCredentials,
  type ScimCredentials,
  type SessionCredentials,
  type SsoRegister,
  type Storage,
  type Stores,
  UniqueNameTaken,
} from '@latchkey/application'
import { activityStore } from './activity-store.ts'
import { apiTokenStore, findApiCredential } from './api-token-store.ts'
import { auditLog, auditTrail } from './audit-trail-store.ts'
import { directoryStore } from './directory-store.ts'
import { groupKeyStore } from './group-key-store.ts'
import { groupStore } from './group-store.ts'
import { keyLog, keyStore, wrongProofStore } from './key-store.ts'
import { membershipStore } from './membership-store.ts'
import { findOwnerLink, organizationRegister, organizationStore, ownerLinkStore } from './organization-store.ts'
import { type OwnerLinkRow, type Realm, type RecordedEvent, type Scope, emptyRealm, forkRealm } from './realm.ts'
import { mailLog, outbox } from './records.ts'
import { roleMappingStore } from './role-mapping-store.ts'
import { findCredential, scimTokenStore } from './scim-token-store.ts'
import { findSession, sessionStore } from './session-store.ts'
import { ssoRegister, ssoStore } from './sso-store.ts'
import { userStore } from './user-store.ts'

export interface MemoryStorage extends Storage {
  readonly register: OrganizationRegister
  readonly credentials: ScimCredentials
  readonly apiCredentials: ApiCredentials
  readonly sessionCredentials: SessionCredentials
  readonly ownerLinkCredentials: OwnerLinkCredentials
  readonly ssoRegister: SsoRegister
  /** What was recorded of an organisation, in order. */
  events(organization: OrganizationId): readonly RecordedEvent[]
  ownerLinks(organization: OrganizationId): readonly OwnerLinkRow[]
  /** What was committed to the outbox and is not delivered yet. */
  queuedMails(organization: OrganizationId): readonly OutgoingMail[]
  /** Hands over every queued mail. One that must wait stays queued; one whose delivery throws ends the round and stays too. */
  deliverMails(deliver: (organization: OrganizationId, mail: OutgoingMail) => Promise<DeliverMailOutcome>): Promise<void>
}

/**
 * Everything that PostgreSQL keeps, in memory, with the same promises. Transactions run one after the other, each on a copy that takes the
 * place of what was; work that begins another one and waits for it waits for ever. Reads see what was committed, and wait for nobody.
 */
export function memoryStorage({ locations, clock }: { readonly locations: Locations; readonly clock: { now(): Instant } }): MemoryStorage {
  const realms = new Map<OrganizationId, Realm>()
  const register = organizationRegister(realms)
  const realmOf = (organization: OrganizationId): Realm => realms.get(organization) ?? emptyRealm()

  let last: Promise<unknown> = Promise.resolve()
  const change = <Answer>(organization: OrganizationId, work: (realm: Realm) => Promise<Answer>): Promise<Answer> => {
    const answer = last.then(async () => {
      const realm = forkRealm(realmOf(organization))
      const answered = await work(realm)
      if (!realm.organization.get(organization)) throw new Error('The organisation of this transaction does not exist.')
      // Forked once more: a store that somebody kept writes where nobody looks.
      realms.set(organization, forkRealm(realm))
      return answered
    })
    last = answer.catch(() => {})
    return answer
  }

  const bind = (organization: OrganizationId, realm: Realm, lose: (error: UniqueNameTaken) => void): Stores => {
    const taken: Scope['taken'] = (attribute) => {
      const error = new UniqueNameTaken(attribute)
      lose(error)
      return error
    }
    const scope: Scope = { organization, realm, now: clock.now(), locations, taken }
    return {
      now: scope.now,
      organization: organizationStore(scope, register),
      users: userStore(scope),
      groups: groupStore(scope),
      memberships: membershipStore(scope),
      directory: directoryStore(scope),
      scimTokens: scimTokenStore(scope),
      apiTokens: apiTokenStore(scope),
      ownerLinks: ownerLinkStore(scope),
      sessions: sessionStore(scope),
      sso: ssoStore(scope),
      keys: keyStore(scope),
      groupKeys: groupKeyStore(scope),
      keyLog: keyLog(scope),
      wrongProofs: wrongProofStore(scope),
      audit: auditLog(scope),
      auditTrail: auditTrail(scope),
      activity: activityStore(scope),
      roleMappings: roleMappingStore(scope),
      outbox: outbox(scope),
      mailLog: mailLog(scope),
    }
  }

  function inTurn<Answer, Asked>(
    organization: OrganizationId,
    work: (stores: Stores, asked: Asked) => Promise<Answer>,
    ask?: (stores: FirstStores) => Promise<Asked>,
  ): Promise<Answer> {
    return change(organization, async (realm) => {
      const lost: UniqueNameTaken[] = []
      const stores = bind(organization, realm, (error) => lost.push(error))
      const answer = await work(stores, (await ask?.(stores)) as Asked)
      if (lost[0]) throw lost[0]
      return answer
    })
  }

  return {
    read: async (organization, work) => work(bind(organization, forkRealm(realmOf(organization)), () => {})),

    glance: async (organization, work) => work(bind(organization, forkRealm(realmOf(organization)), () => {})),

    transaction: inTurn,
    revise: (organization, see, write) => inTurn(organization, write, see),

    register,

    credentials: {
      async find(publicId) {
        const found = findCredential(realms, publicId)
        return found && { ...found, now: clock.now() }
      },
      noteUse: (organization, token) =>
        change(organization, async ({ tokens }) => {
          const row = tokens.get(token)
          if (row) tokens.set(token, { ...row, token: { ...row.token, lastUsedAt: clock.now() } })
        }),
    },

    apiCredentials: {
      async find(publicId) {
        const found = findApiCredential(realms, publicId)
        return found && { ...found, now: clock.now() }
      },
      noteUse: (organization, token) =>
        change(organization, async ({ apiTokens }) => {
          const row = apiTokens.get(token)
          if (row) apiTokens.set(token, { ...row, token: { ...row.token, lastUsedAt: clock.now() } })
        }),
    },

    sessionCredentials: {
      async find(digest) {
        const found = findSession(realms, digest)
        return found && { ...found, now: clock.now() }
      },
      noteUse: (organization, session, address) =>
        change(organization, async ({ sessions }) => {
          const row = sessions.get(session)
          if (row) sessions.set(session, { ...row, session: { ...row.session, lastUsedAt: clock.now(), address } })
        }),
    },

    ssoRegister: ssoRegister(realms),

    ownerLinkCredentials: {
      async find(digest) {
        const found = findOwnerLink(realms, digest)
        return found && { ...found, now: clock.now() }
      },
    },

    events: (organization) =>
      realmOf(organization)
        .events.values()
        .map(({ recorded }) => recorded),
    ownerLinks: (organization) => realmOf(organization).ownerLinks.values(),
    queuedMails: (organization) => realmOf(organization).queuedMails.values(),

    async deliverMails(deliver) {
      for (const [organization, { queuedMails }] of [...realms]) {
        for (const mail of queuedMails.values()) {
          const outcome = await deliver(organization, mail)
          if (outcome.kind === 'later') continue
          await change(organization, async (realm) => {
            // Queued again meanwhile, it is another mail.
            if (realm.queuedMails.get(mail.key) === mail) realm.queuedMails.delete(mail.key)
          })
        }
      }
    },
  }
}
