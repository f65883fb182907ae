import { canonicalName } from '@latchkey/domain'
import { type BulkOperation, type BulkUnit, referencesOf } from '@latchkey/scim'

/** As many as a pool of the usual size has room for; a job is one of many requests of its organisation. */
const atOnceMax = 8

/**
 * What of a job may be carried out at the same time (RFC 7644 §3.7): users that are created one after the other, refer to nothing, and share no name, so that none of them
 * could tell in which order it was its turn. Everything else is alone, in its place.
 */
export function wavesOf(units: readonly BulkUnit[], operations: readonly BulkOperation[]): readonly (readonly BulkUnit[])[] {
  const waves: BulkUnit[][] = []
  /** Of the last wave; null where nobody may join it. */
  let taken: Set<string> | null = null
  for (const unit of units) {
    const names = namesCreated(unit, operations)
    const last = waves.at(-1)
    if (last && taken && names && last.length < atOnceMax && !names.some((name) => taken?.has(name))) {
      last.push(unit)
      for (const name of names) taken.add(name)
    } else {
      waves.push([unit])
      taken = names && new Set(names)
    }
  }
  return waves
}

/** What the one user is called whom a unit creates; null for a unit that does anything else. */
function namesCreated({ writes, links }: BulkUnit, operations: readonly BulkOperation[]): readonly string[] | null {
  const operation = operations[writes[0]?.index ?? -1]
  if (writes.length !== 1 || links.length > 0 || operation?.kind !== 'create' || operation.type.name !== 'User') return null
  if (referencesOf(operation).size > 0) return null
  const { userName, externalId } = operation.data
  if (typeof userName !== 'string' || !(externalId === undefined || typeof externalId === 'string')) return null
  return [`userName ${canonicalName(userName)}`, ...(externalId === undefined ? [] : [`externalId ${externalId}`])]
}
