import type { OrganizationId } from '@latchkey/domain'
import type { FirstStores, Locations, SeenStores, Storage, Stores, WriteStores } from '@latchkey/application'
import { activityStore } from './activity-store.ts'
import { apiTokenStore } from './api-token-store.ts'
import { auditLog, auditTrail } from './audit-trail-store.ts'
import { atAGlance, atOnce, fromMemory, inOrganization, toBeAsked } from './bind-organization.ts'
import type { Connection, Database } from './database.ts'
import { directorySources, directoryStore } from './directory-store.ts'
import { groupKeyStore } from './group-key-store.ts'
import { groupStore } from './group-store.ts'
import { keyLog, keyStore, wrongProofStore } from './key-store.ts'
import { membershipStore } from './membership-store.ts'
import { Memory } from './memory.ts'
import { organizationStore, ownerLinkStore } from './organization-store.ts'
import { mailLog, outbox } from './records.ts'
import { Recollection } from './recollection.ts'
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
  const places: Places = { locations, sources: directorySources(locations) }
  const bind = (connection: Connection, scope: Scope): Stores => new BoundStores(connection, scope, places)

  const memory = new Memory()

  return {
    read: (organization, work) =>
      inOrganization(database, organization, { kind: 'read' }, (connection, scope) => work(bind(connection, scope))),

    glance: (organization, work) => atAGlance(database, organization, (connection, scope) => work(bind(connection, scope))),

    revise,

    transaction: (organization, work, ask) => transaction(organization, work, ask, performance.now() + database.workMsMax),
  }

  async function revise<Answer, Seen>(
    organization: OrganizationId,
    see: (stores: SeenStores) => Promise<Seen>,
    write: (stores: WriteStores, seen: Seen) => Promise<Answer>,
  ): Promise<Answer> {
    const deadline = performance.now() + database.workMsMax
    const revision = {
      deadline,
      see: (connection: Connection, scope: Scope) => see(bind(connection, scope)),
      write: (connection: Connection, scope: Scope, seen: Seen) => write(bind(connection, scope), seen),
    }
    const { now } = database.clock
    if (now !== undefined) {
      const recollection = new Recollection(memory, organization, now)
      try {
        return await fromMemory(database, organization, revision, now, recollection)
      } catch (error) {
        if (error !== toBeAsked) recollection.forget()
        else recollection.takeBack()
        if (error !== toBeAsked && !isConflict(error) && !isLocked(error) && !isThere(error)) throw error
      }
    }
    const recollection = new Recollection(memory, organization, null)
    try {
      return await atOnce(database, organization, revision, recollection)
    } catch (error) {
      recollection.takeBack()
      if (!isConflict(error) && !isLocked(error)) throw error
      // Somebody else was faster, or is about to be. From now on this one waits for its turn, and holds what it sees.
      return transaction(organization, write, see, deadline)
    }
  }

  async function transaction<Answer, Asked>(
    organization: OrganizationId,
    work: (stores: Stores, asked: Asked) => Promise<Answer>,
    ask: ((stores: FirstStores) => Promise<Asked>) | undefined,
    deadline: number,
  ): Promise<Answer> {
    const first = ask && ((connection: Connection, scope: Scope) => ask(bind(connection, scope)))
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await inOrganization<Answer, Asked>(
          database,
          organization,
          { kind: 'write', deadline, ask: first, recollection: new Recollection(memory, organization, null) },
          (connection, scope, asked) => work(bind(connection, scope), asked),
        )
      } catch (error) {
        if (attempt === attemptsMax || !isConflict(error)) throw error
      }
    }
  }
}

interface Places {
  readonly locations: Locations
  readonly sources: ReturnType<typeof directorySources>
}

/** The stores of one transaction. One is made when it is first asked for: a use case needs four or five of them. */
class BoundStores implements Stores {
  readonly #connection: Connection
  readonly #scope: Scope
  readonly #places: Places

  constructor(connection: Connection, scope: Scope, places: Places) {
    this.#connection = connection
    this.#scope = scope
    this.#places = places
  }

  get now() {
    return this.#scope.now
  }

  get organization() {
    return organizationStore(this.#connection, this.#scope)
  }

  get users() {
    return userStore(this.#connection, this.#scope)
  }

  get groups() {
    return groupStore(this.#connection, this.#scope)
  }

  get memberships() {
    return membershipStore(this.#connection, this.#scope, this.#places.locations)
  }

  get directory() {
    return directoryStore(this.#connection, this.#scope, this.#places.sources)
  }

  get scimTokens() {
    return scimTokenStore(this.#connection, this.#scope)
  }

  get apiTokens() {
    return apiTokenStore(this.#connection, this.#scope)
  }

  get ownerLinks() {
    return ownerLinkStore(this.#connection, this.#scope)
  }

  get sessions() {
    return sessionStore(this.#connection, this.#scope)
  }

  get sso() {
    return ssoStore(this.#connection, this.#scope)
  }

  get keys() {
    return keyStore(this.#connection, this.#scope)
  }

  get groupKeys() {
    return groupKeyStore(this.#connection, this.#scope)
  }

  get keyLog() {
    return keyLog(this.#connection, this.#scope)
  }

  get wrongProofs() {
    return wrongProofStore(this.#connection, this.#scope)
  }

  get audit() {
    return auditLog(this.#connection, this.#scope)
  }

  get auditTrail() {
    return auditTrail(this.#connection, this.#scope)
  }

  get activity() {
    return activityStore(this.#connection, this.#scope)
  }

  get roleMappings() {
    return roleMappingStore(this.#connection, this.#scope)
  }

  get outbox() {
    return outbox(this.#connection, this.#scope)
  }

  get mailLog() {
    return mailLog(this.#connection, this.#scope)
  }
}

/** Who changes a user in one go waits for nobody. */
function isLocked(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03'
}

/** Somebody who was to be added is there already. */
function isThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505'
}

/** Deadlocks and serialisation failures: nothing is wrong but the moment (DAT-2). */
function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40P01' || error.code === '40001')
}
