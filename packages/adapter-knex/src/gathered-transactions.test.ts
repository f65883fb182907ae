import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gathered, insertStatement, rowsMax } from './gathered-transactions.ts'
import { type Statement, statementOf } from './statement.ts'

const tables = ['users', 'emails', 'events'] as const
const intoTable = (table: string, rows: readonly string[]): Statement =>
  insertStatement(
    { name: `insert-${table}`, table: `${table} (id, name)`, width: 2 },
    rows.flatMap((row) => [row, `name of ${row}`]),
  )
const other = (what: string): Statement => statementOf('update', 'update users set name = $1', [what])
const hold = (what: string): Statement => statementOf('hold', 'select hold($1)', [what], { isHold: true })

/** What one statement does, one thing for each row. */
function deeds({ name, values, into }: Statement): readonly string[] {
  if (!into) return [`${name} ${values[0]}`]
  return Array.from({ length: values.length / into.width }, (_, row) => `${into.name} ${values[row * into.width]}`)
}

let lastId = 0
function newId(): string {
  lastId += 1
  return String(lastId)
}
const statement = fc.oneof(
  fc
    .record({ table: fc.constantFrom(...tables), count: fc.integer({ min: 1, max: 3 }) })
    .map(({ table, count }) => intoTable(table, Array.from({ length: count }, newId))),
  fc.constant(null).map(() => other(newId())),
  fc.constantFrom('a', 'b').map(hold),
)
const transactions = fc.array(fc.array(statement, { maxLength: 6 }), { maxLength: 8 })

test('everything that each transaction does is done, once and in its order', () => {
  fc.assert(
    fc.property(transactions, (each) => {
      const all = gathered(each).flatMap(deeds)
      const places = new Map(all.map((deed, place) => [deed, place]))
      const wanted = each.map((one) => one.flatMap(deeds))
      expect(all.length).toBe(places.size)
      expect(new Set(all)).toEqual(new Set(wanted.flat()))
      for (const deedsOfOne of wanted) {
        const changes = deedsOfOne.filter((deed) => !deed.startsWith('hold'))
        const order = changes.map((deed) => places.get(deed)!)
        expect(order).toEqual(order.toSorted((a, b) => a - b))
      }
    }),
  )
})

test('what rests on something comes behind it', () => {
  const all = gathered([
    [hold('a'), other('1')],
    [hold('b'), other('2')],
    [hold('a'), other('3')],
  ]).flatMap(deeds)
  for (const [held, deed] of [
    ['hold a', 'update 1'],
    ['hold b', 'update 2'],
    ['hold a', 'update 3'],
  ] as const) {
    expect(all.indexOf(held)).toBeLessThan(all.indexOf(deed))
  }
})

test('what several transactions begin with is done in the order of the transactions', () => {
  fc.assert(
    fc.property(transactions, (each) => {
      const beginnings = each.map((_, index) => [hold('a'), other(`first ${index}`)])
      const all = gathered(each.map((more, index) => [...beginnings[index]!, ...more])).flatMap(deeds)
      const places = each.map((_, index) => all.indexOf(`update first ${index}`))
      expect(places).toEqual(places.toSorted((a, b) => a - b))
    }),
  )
})

test('rows for one table go in one statement, as many as it takes at most', () => {
  const one = (row: number): readonly Statement[] => [
    intoTable('users', [`u${row}`]),
    intoTable('emails', [`e${row}`]),
    intoTable('events', [`v${row}`]),
  ]
  const some = gathered([one(1), one(2), one(3)])
  expect(some.map(({ name }) => name)).toEqual(['insert-users-x3', 'insert-emails-x3', 'insert-events-x3'])
  expect(some[0]).toMatchObject({
    text: 'insert into users (id, name) values ($1, $2), ($3, $4), ($5, $6)',
    values: ['u1', 'name of u1', 'u2', 'name of u2', 'u3', 'name of u3'],
  })
  const many = gathered(Array.from({ length: rowsMax + 1 }, (_, row) => [intoTable('users', [`u${row}`])]))
  expect(many.map(({ name }) => name).toSorted()).toEqual(['insert-users', `insert-users-x${rowsMax}`])
})
