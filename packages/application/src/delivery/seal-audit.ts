import { type ChainPosition, type Organization, type Sha256, type UserId, chainStart, sealRecord } from '@latchkey/domain'
import type { SealedEvent, UnsealedEvent } from '../ports/audit-trail.ts'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { PersonalSeals } from '../ports/secrets.ts'
import type { Storage, Stores } from '../ports/storage.ts'

/** The head of an organisation's chain after a round: worth noting outside the database, where nobody can move it. */
export interface SealedHead extends ChainPosition {
  readonly organization: Organization
}

/** How many events one transaction seals: some ten milliseconds in which no request is answered. */
const batchMax = 200

export class SealAudit {
  readonly #storage: Storage
  readonly #register: OrganizationRegister
  readonly #sha256: Sha256
  readonly #personalSeals: PersonalSeals

  constructor(ports: { storage: Storage; register: OrganizationRegister; sha256: Sha256; personalSeals: PersonalSeals }) {
    this.#storage = ports.storage
    this.#register = ports.register
    this.#sha256 = ports.sha256
    this.#personalSeals = ports.personalSeals
  }

  /** Asked by the clock: seals what was appended since, and answers the heads that moved. */
  async execute(): Promise<readonly SealedHead[]> {
    const heads: SealedHead[] = []
    for (const organization of await this.#register.list()) {
      const head = await this.sealAll(organization)
      if (head) heads.push({ ...head, organization })
    }
    return heads
  }

  /** Every event of one organisation that is not sealed yet; answers the new head, or null where there was nothing to seal. */
  async sealAll(organization: Organization): Promise<ChainPosition | null> {
    let head: ChainPosition | null = null
    for (;;) {
      const batch = await this.#storage.transaction(organization.id, (stores) => this.#sealBatch(organization, stores))
      head = batch.head ?? head
      if (batch.size < batchMax) return head
    }
  }

  /** In the order of appending, which transactions that committed late cannot change any more: they are sealed by the next round. */
  async #sealBatch(
    organization: Organization,
    { auditTrail }: Stores,
  ): Promise<{ readonly size: number; readonly head: ChainPosition | null }> {
    if ((await auditTrail.unsealed(1)).length === 0) return { size: 0, head: null }
    const chain = await auditTrail.lockChain(chainStart(organization.id, this.#sha256))
    // Read behind the lock: another process may have sealed some while this one waited for the chain.
    const waiting = await auditTrail.unsealed(batchMax)
    const keys = await auditTrail.personalKeys(toldOf(waiting), () => this.#personalSeals.newKey())
    let head = chain.head
    const sealed: SealedEvent[] = []
    for (const { id, at, actor, event, subject, personal } of waiting) {
      const key = subject === null ? null : (keys.get(subject) ?? null)
      const ciphertext = personal === null || key === null ? null : this.#personalSeals.seal(key, JSON.stringify(personal))
      const record = sealRecord({ at, actor, event, subject, personal: ciphertext }, head, this.#sha256)
      sealed.push({ id, record })
      head = record
    }
    if (sealed.length > 0) await auditTrail.seal(sealed)
    return { size: waiting.length, head: sealed.length > 0 ? { sequence: head.sequence, hash: head.hash } : null }
  }
}

/** Those of whom the events tell something. */
function toldOf(events: readonly UnsealedEvent[]): ReadonlySet<UserId> {
  return new Set(events.flatMap(({ subject, personal }) => (subject === null || personal === null ? [] : subject)))
}
