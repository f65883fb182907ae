import type { Locations, Storage, Stores } from '@latchkey/application'
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
  const bind = (connection: Connection, scope: Scope): Stores => ({
    now: scope.now,
    organization: organizationStore(connection, scope),
    users: userStore(connection, scope),
    groups: groupStore(connection, scope),
    memberships: membershipStore(connection, scope, locations),
    directory: directoryStore(connection, scope, sources),
    scimTokens: scimTokenStore(connection, scope),
    apiTokens: apiTokenStore(connection, scope),
    ownerLinks: ownerLinkStore(connection, scope),
    sessions: sessionStore(connection, scope),
    sso: ssoStore(connection, scope),
    keys: keyStore(connection, scope),
    groupKeys: groupKeyStore(connection, scope),
    keyLog: keyLog(connection, scope),
    wrongProofs: wrongProofStore(connection, scope),
    audit: auditLog(connection, scope),
    auditTrail: auditTrail(connection, scope),
    activity: activityStore(connection, scope),
    roleMappings: roleMappingStore(connection, scope),
    outbox: outbox(connection, scope),
    mailLog: mailLog(connection, scope),
  })

  return {
    read: (organization, work) => inOrganization(database, organization, 'read', (connection, scope) => work(bind(connection, scope))),

    glance: (organization, work) =>
      atAGlance(database, organization, (connection, scope) =>
        work({
          users: userStore(connection, scope),
          groups: groupStore(connection, scope),
          directory: directoryStore(connection, scope, sources),
        }),
      ),

    async transaction(organization, work) {
      const deadline = performance.now() + database.workMsMax
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await inOrganization(database, organization, 'write', (connection, scope) => work(bind(connection, scope)), deadline)
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
