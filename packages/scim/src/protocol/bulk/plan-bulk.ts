import type { BulkOperation } from './read-bulk.ts'
import { referencesOf } from './references.ts'

/**
 * Operations that are processed together, by their positions in the request: one, or a circle of creations that refer to one another
 * (RFC 7644 §3.7.1). A circle is first written without what does not exist yet, then each of `links` is written again, as a PUT of its whole
 * data. Nothing comes between, so the PUT overwrites nothing. If one of a circle fails, so do the others: nothing stays half linked.
 */
export interface BulkUnit {
  readonly writes: readonly { readonly index: number; readonly without: ReadonlySet<string> }[]
  readonly links: readonly number[]
}

/**
 * The order in which a bulk job is processed: as it was sent, save that a creation comes before the first operation that refers to it. To
 * create something early disturbs no other operation, whereas to hold one back could: it may name what a later one deletes.
 *
 * References to what no operation creates are no edges here; `withReferences` refuses them when their turn comes.
 */
export function planBulk(operations: readonly BulkOperation[]): readonly BulkUnit[] {
  const creators = new Map(
    operations.flatMap((operation, index) => (operation.kind === 'create' ? [[operation.bulkId, index] as const] : [])),
  )
  const references = operations.map((operation) => (operation.kind === 'refused' ? new Set<string>() : referencesOf(operation)))
  const needs = references.map((named) => [...named].flatMap((bulkId) => creators.get(bulkId) ?? []))
  return circles(needs).map((indexes) => unit(indexes, references, creators))
}

function unit(indexes: readonly number[], references: readonly ReadonlySet<string>[], creators: ReadonlyMap<string, number>): BulkUnit {
  const turns = new Map(indexes.map((index, turn) => [index, turn]))
  const isLater = (bulkId: string, turn: number) => (turns.get(creators.get(bulkId) ?? -1) ?? -1) >= turn
  const writes = indexes.map((index, turn) => ({
    index,
    without: new Set([...references[index]!].filter((bulkId) => isLater(bulkId, turn))),
  }))
  return { writes, links: writes.filter(({ without }) => without.size > 0).map(({ index }) => index) }
}

/**
 * The strongly connected components of a graph, each after those it needs, otherwise in order (Tarjan). `needs` lists for each node the nodes
 * it needs. Recursion is no deeper than there are operations in a request.
 */
function circles(needs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const found: number[][] = []
  const order = new Map<number, number>()
  const open: number[] = []
  const isOpen = new Set<number>()

  /** The earliest open node that can be reached from this one. */
  function visit(node: number): number {
    const mine = order.size
    let earliest = mine
    order.set(node, mine)
    open.push(node)
    isOpen.add(node)
    for (const needed of needs[node]!) {
      const known = order.get(needed)
      if (known === undefined) earliest = Math.min(earliest, visit(needed))
      else if (isOpen.has(needed)) earliest = Math.min(earliest, known)
    }
    if (earliest === mine) {
      const circle = open.splice(open.lastIndexOf(node))
      for (const member of circle) isOpen.delete(member)
      found.push(circle.sort((a, b) => a - b))
    }
    return earliest
  }

  for (const node of needs.keys()) if (!order.has(node)) visit(node)
  return found
}
