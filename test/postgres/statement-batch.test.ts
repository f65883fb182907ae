import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NotSent, StatementBatch, type StatementResult } from '../../packages/adapter-knex/src/statement-batch.ts'
import { type Statement, statementOf } from '../../packages/adapter-knex/src/statement.ts'
import { type TestDatabase, testDatabase } from '../database.ts'

let open: TestDatabase
let client: Client

beforeAll(async () => {
  open = await testDatabase({ poolMax: 1 })
  client = new Client({ connectionString: open.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await open.close()
})

const tell = (value: string): Statement => statementOf('tell', 'select $1::text as told', [value])
/** A list of strings that holds a number cannot be put into words. */
const unspeakable = statementOf('tell-list', 'select $1::text[] as told', [[5 as never]])
const refused = statementOf('divide', 'select 1 / $1::integer', [0])

type Outcome = Error | readonly unknown[]

/** What became of each batch, once all are told. */
function sent(batches: readonly (readonly Statement[])[]): Promise<readonly Outcome[]> {
  return new Promise((resolve) => {
    const outcomes: Outcome[] = []
    const toldBy = (results: readonly StatementResult[]) => results.map(({ rows }) => rows[0]?.['told'])
    StatementBatch.sendAll(
      client,
      batches.map(
        (statements, index) =>
          new StatementBatch(statements, (error, results) => {
            outcomes[index] = error ?? toldBy(results)
            if (Object.keys(outcomes).length === batches.length) resolve(outcomes)
          }),
      ),
    )
  })
}

test('each batch is answered, or fails, by itself', async () => {
  expect(await sent([[tell('a'), tell('b')], [tell('c'), refused, tell('d')], [tell('e')]])).toEqual([
    ['a', 'b'],
    expect.objectContaining({ code: '22012' }),
    ['e'],
  ])
})

test.each([0, 1, 2])(
  'one that cannot be sent (the %i. of three) fails, the others are answered, and the connection can be used as before',
  async (place) => {
    const batches = ['a', 'b', 'c'].map((value, index) => (index === place ? [tell(value), unspeakable] : [tell(value)]))
    const expected = ['a', 'b', 'c'].map((value, index) => (index === place ? expect.any(NotSent) : [value]))
    expect(await sent(batches)).toEqual(expected)
    expect(await sent([[tell('later')]])).toEqual([['later']])
  },
)
