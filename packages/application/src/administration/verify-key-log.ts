import { type Organization, fromHexadecimal, keyLogMessage, readKeyStatement, toHexadecimal } from '@latchkey/domain'
import { bytesOf } from '../account/bytes-of.ts'
import type { Storage } from '../ports/storage.ts'
import type { Verification } from '../ports/verification.ts'

export interface KeyLogVerdict {
  readonly statements: number
  /** The hash of the newest entry; null for an empty log. */
  readonly head: string | null
  /** The sequence number of the first entry that is missing, altered or not signed by its own key; null where all is whole. */
  readonly firstBroken: number | null
}

const pageSize = 500

export class VerifyKeyLog {
  readonly #storage: Storage
  readonly #verification: Verification

  constructor(ports: { storage: Storage; verification: Verification }) {
    this.#storage = ports.storage
    this.#verification = ports.verification
  }

  async execute({ id }: Organization): Promise<KeyLogVerdict> {
    let head: string | null = null
    let statements = 0
    let firstBroken: number | null = null
    for (;;) {
      const page = await this.#storage.read(id, ({ keyLog }) => keyLog.page(statements, pageSize))
      for (const entry of page) {
        const statement = bytesOf(entry.statement)
        const message = keyLogMessage(id, entry, {
          previousHash: head === null ? null : fromHexadecimal(head),
          statement,
          statementSignature: bytesOf(entry.statementSignature),
          previousSignature: entry.previousSignature === null ? null : bytesOf(entry.previousSignature),
        })
        const said = readKeyStatement(statement)
        const isWhole =
          entry.sequence === statements + 1 &&
          entry.previousHash === head &&
          entry.hash === toHexadecimal(this.#verification.sha256(message)) &&
          said?.organization === id &&
          said.user === entry.user &&
          said.version === entry.version &&
          this.#verification.isSignedBy(said.signingPublicKey, statement, bytesOf(entry.statementSignature))
        statements += 1
        if (!isWhole) firstBroken ??= statements
        head = entry.hash
      }
      if (page.length < pageSize) return { statements, head, firstBroken }
    }
  }
}
