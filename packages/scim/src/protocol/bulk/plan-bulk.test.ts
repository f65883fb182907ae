import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupType, userType } from '../../schema/resource-types.ts'
import { ScimError } from '../error.ts'
import { patchSchema } from '../patch/parse-patch.ts'
import { planBulk } from './plan-bulk.ts'
import type { BulkOperation } from './read-bulk.ts'

const post = (bulkId: string, ...needs: readonly string[]): BulkOperation => ({
  kind: 'create',
  method: 'POST',
  type: groupType,
  bulkId,
  data: { displayName: bulkId, members: needs.map((need) => ({ value: `bulkId:${need}` })) },
})
const patch = (id: string, ...needs: readonly string[]): BulkOperation => ({
  kind: 'modify',
  method: 'PATCH',
  type: groupType,
  id,
  bulkId: null,
  version: null,
  data: { schemas: [patchSchema], Operations: needs.map((need) => ({ op: 'add', path: 'members', value: [{ value: `bulkId:${need}` }] })) },
})
const remove = (id: string): BulkOperation => ({ kind: 'delete', method: 'DELETE', type: userType, id, bulkId: null, version: null })
const refused: BulkOperation = { kind: 'refused', method: 'GET', bulkId: 'r', refusal: new ScimError(405, undefined, 'No.') }

/** Positions, those of one unit together; a position that is linked afterwards is marked. */
const plan = (...operations: readonly BulkOperation[]) =>
  planBulk(operations).map(({ writes, links }) =>
    [...writes.map(({ index }) => `${index}`), ...links.map((index) => `link ${index}`)].join(', '),
  )

test('R-224: operations that need nothing of one another keep their order', () => {
  expect(plan(patch('1'), post('a'), remove('2'), refused, post('b'))).toEqual(['0', '1', '2', '3', '4'])
})

test('R-213: a creation that stands before what refers to it stays there', () => {
  expect(plan(post('u'), post('g', 'u'), patch('bulkId:g', 'u'))).toEqual(['0', '1', '2'])
})

test('R-214: a creation that stands behind comes just before the first that refers to it; the rest keeps its order', () => {
  expect(plan(remove('1'), post('g', 'u', 'v'), patch('bulkId:g'), post('v', 'u'), post('u'), remove('2'))).toEqual([
    '0',
    '4',
    '3',
    '1',
    '2',
    '5',
  ])
})

test('R-216: those who refer to one another are written together, the first without the second, and linked', () => {
  const [unit, ...more] = planBulk([post('a', 'b'), post('b', 'a')])
  expect(more).toEqual([])
  expect(unit).toEqual({
    writes: [
      { index: 0, without: new Set(['b']) },
      { index: 1, without: new Set() },
    ],
    links: [0],
  })
})

test('one that refers to itself is written without itself, and linked', () => {
  expect(planBulk([post('a', 'a')])).toEqual([{ writes: [{ index: 0, without: new Set(['a']) }], links: [0] }])
})

test('what a circle needs comes before it, and what needs the circle after it', () => {
  expect(plan(post('x', 'a'), post('a', 'b'), patch('1'), post('b', 'c'), post('c', 'a', 'u'), post('u'))).toEqual([
    '5',
    '1, 3, 4, link 1, link 3',
    '0',
    '2',
  ])
})

test('R-217: a reference to what nobody creates holds nothing up', () => {
  expect(plan(post('a', 'nosuch', 'r'), refused)).toEqual(['0', '1'])
})

test('a chain as long as a job may be is planned', () => {
  const chain = Array.from({ length: 1_000 }, (_, index) => post(`${index}`, `${index + 1}`))
  expect(plan(...chain)).toEqual(chain.map((_, index) => `${999 - index}`))
  const circle = Array.from({ length: 1_000 }, (_, index) => post(`${index}`, `${(index + 1) % 1_000}`))
  expect(planBulk(circle)).toHaveLength(1)
})

const jobs = fc
  .array(fc.record({ kind: fc.constantFrom('post', 'patch'), needs: fc.uniqueArray(fc.nat(9), { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 10,
  })
  .map((drafts) =>
    drafts.map(({ kind, needs }, index) => (kind === 'post' ? post(`${index}`, ...needs.map(String)) : patch('1', ...needs.map(String)))),
  )

test('R-224: whatever refers to whatever, each is written once, with every reference it has once it is linked', () =>
  fc.assert(
    fc.property(jobs, (operations) => {
      const created = new Set<string>()
      const processed: number[] = []
      const needed = (index: number) => {
        const named = JSON.stringify(operations[index]).matchAll(/bulkId:(\d)/g)
        return [...named].map(([, bulkId]) => bulkId!).filter((bulkId) => operations[Number(bulkId)]?.kind === 'create')
      }
      for (const { writes, links } of planBulk(operations)) {
        for (const { index, without } of writes) {
          processed.push(index)
          for (const bulkId of needed(index)) expect(created.has(bulkId)).toBe(!without.has(bulkId))
          created.add(`${index}`)
        }
        for (const index of links) for (const bulkId of needed(index)) expect(created.has(bulkId)).toBe(true)
        expect(links).toEqual(writes.filter(({ without }) => without.size > 0).map(({ index }) => index))
      }
      expect(processed.toSorted((a, b) => a - b)).toEqual([...operations.keys()])
      const changes = processed.filter((index) => operations[index]?.kind === 'modify')
      expect(changes).toEqual(changes.toSorted((a, b) => a - b))
    }),
  ))
