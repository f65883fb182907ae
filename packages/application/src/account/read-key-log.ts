import type { KeyLogEntry } from '@latchkey/domain'
import type { Storage } from '../ports/storage.ts'
import type { Person } from './person.ts'

/** Statements in one answer. */
const pageSize = 500

/** The organisation's keys, for every one of its people to check: who holds which, and that none was put in unseen (KEY-4). */
export class ReadKeyLog {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** Those behind a sequence number, in order; fewer than a page only at the end. */
  execute({ organization }: Person, after: number): Promise<readonly KeyLogEntry[]> {
    return this.#storage.read(organization.id, ({ keyLog }) => keyLog.page(after, pageSize))
  }
}
