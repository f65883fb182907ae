import { type BrokenEvent, type Organization, type Sha256, faultAtHead, followChain } from '@latchkey/domain'
import type { Storage } from '../ports/storage.ts'

export interface AuditVerdict {
  /** How many sealed events are kept. */
  readonly events: number
  /** The hash of the last one; null where nothing was sealed yet. */
  readonly head: string | null
  readonly firstBroken: BrokenEvent | null
}

const pageSize = 1_000

export class VerifyAudit {
  readonly #storage: Storage
  readonly #sha256: Sha256

  constructor(ports: { storage: Storage; sha256: Sha256 }) {
    this.#storage = ports.storage
    this.#sha256 = ports.sha256
  }

  /** Follows the whole chain from where it begins, and names the first event that does not belong where it stands. */
  execute(organization: Organization): Promise<AuditVerdict> {
    return this.#storage.read(organization.id, async ({ auditTrail }) => {
      const chain = await auditTrail.chain()
      if (!chain) return { events: 0, head: null, firstBroken: null }
      const { hash: head, sequence } = chain.head
      let events = 0
      let position = chain.expired
      for (;;) {
        const records = await auditTrail.sealed(position.sequence, pageSize)
        const followed = followChain(records, position, this.#sha256)
        if ('fault' in followed) return { events: sequence - chain.expired.sequence, head, firstBroken: followed }
        position = followed
        events += records.length
        if (records.length < pageSize) break
      }
      return { events, head, firstBroken: faultAtHead(position, chain.head) }
    })
  }
}
