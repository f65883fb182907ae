import type { OrganizationId } from '@latchkey/domain'
import type { FirstStores, Locations, Storage, Stores } from '@latchkey/application'
import { activityStore } from './activity-store.ts'
import { apiTokenStore } from './api-token-store.ts'
import { auditLog, auditTrail } from './audit-trail-store.ts'
import { atAGlance, inOrganization } from './bind-organization.ts'
import type { Connection, Database } from './database.ts'
import { directorySources, directoryStore } from './directory-store.ts'
import { groupKeyStore } from './group-key-store.ts'
import { groupStore } from './group-store.ts'
import { keyLog, keyStore, wrongProofStore } from './key-store.ts'
import { membershipStore } from './membership-store.ts'
import { organizationStore, ownerLinkStore } from './organization-store.ts'
import { mailLog, outbox } from './records.ts'
import { roleMappingStore } from './role-mapping-store.ts'
import type { Scope } from './scope.ts'
import { scimTokenStore } from './scim-token-store.ts'
import { sessionStore } from './session-store.ts'
import { ssoStore } from './sso-store.ts'
import { userStore } from './user-store.ts'

/** How often a transaction is run again that met another one. */
const attemptsMax = 5

/** One transaction per use case; every store inside it speaks through the same connection and is bound to the same organisation. */
export function knexStorage(database: Database, { locations }: { readonly locations: Locations }): Storage {
  const sources = directorySources(locations)
  /** A store is made when it is first asked for: a use case needs four or five of them. */
  const bind = (connection: Connection, scope: Scope): Stores => ({
    now: scope.now,
    get organization() {
      return organizationStore(connection, scope)
    },
    get users() {
      return userStore(connection, scope)
    },
    get groups() {
      return groupStore(connection, scope)
    },
    get memberships() {
      return membershipStore(connection, scope, locations)
    },
    get directory() {
      return directoryStore(connection, scope, sources)
    },
    get scimTokens() {
      return scimTokenStore(connection, scope)
    },
    get apiTokens() {
      return apiTokenStore(connection, scope)
    },
    get ownerLinks() {
      return ownerLinkStore(connection, scope)
    },
    get sessions() {
      return sessionStore(connection, scope)
    },
    get sso() {
      return ssoStore(connection, scope)
    },
    get keys() {
      return keyStore(connection, scope)
    },
    get groupKeys() {
      return groupKeyStore(connection, scope)
    },
    get keyLog() {
      return keyLog(connection, scope)
    },
    get wrongProofs() {
      return wrongProofStore(connection, scope)
    },
    get audit() {
      return auditLog(connection, scope)
    },
    get auditTrail() {
      return auditTrail(connection, scope)
    },
    get activity() {
      return activityStore(connection, scope)
    },
    get roleMappings() {
      return roleMappingStore(connection, scope)
    },
    get outbox() {
      return outbox(connection, scope)
    },
    get mailLog() {
      return mailLog(connection, scope)
    },
  })

  return {
    read: (organization, work) =>
      inOrganization(database, organization, { kind: 'read' }, (connection, scope) => work(bind(connection, scope))),

    glance: (organization, work) =>
      atAGlance(database, organization, (connection, scope) =>
        work({
          users: userStore(connection, scope),
          groups: groupStore(connection, scope),
          directory: directoryStore(connection, scope, sources),
          scimTokens: scimTokenStore(connection, scope),
        }),
      ),

    async transaction<Answer, Asked>(
      organization: OrganizationId,
      work: (stores: Stores, asked: Asked) => Promise<Answer>,
      ask?: (stores: FirstStores) => Promise<Asked>,
    ): Promise<Answer> {
      const first = ask && ((connection: Connection, scope: Scope) => ask(bind(connection, scope)))
      const deadline = performance.now() + database.workMsMax
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await inOrganization<Answer, Asked>(
            database,
            organization,
            { kind: 'write', deadline, ask: first },
            (connection, scope, asked) => work(bind(connection, scope), asked),
          )
        } catch (error) {
          if (attempt === attemptsMax || !isConflict(error)) throw error
        }
      }
    },
  }
}

/** Deadlocks and serialisation failures: nothing is wrong but the moment (DAT-2). */
function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40P01' || error.code === '40001')
}
