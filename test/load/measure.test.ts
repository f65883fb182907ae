import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Runner, runnerOf, takeTurn } from './measure.ts'
import { operations } from './operations.ts'

let answers = 0
let status = 200
const server = createServer((_request, response) => {
  answers += 1
  response.writeHead(status).end(status === 204 ? undefined : '{}')
})
const operation = { ...operations[0]!, isRight: () => true }
let runner: Runner

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  runner = await runnerOf({ name: 'nobody', url, token: '', pid: 0, stop: async () => {} }, 1, async () => {})
})

afterAll(() => server.close())

test('what is answered during the lead-in of a turn does not count', async () => {
  answers = 0
  const { latencies, perSecond } = await takeTurn(runner, operation, { concurrency: 4, msPerTurn: 50 })
  expect(latencies.length).toBeGreaterThanOrEqual(4)
  expect(answers - latencies.length).toBeGreaterThanOrEqual(4)
  expect(perSecond).toBeLessThanOrEqual(latencies.length / 0.05)
})

test('a turn without time is one request on each connection', async () => {
  answers = 0
  const { latencies } = await takeTurn(runner, operation, { concurrency: 4, msPerTurn: 0 })
  expect([answers, latencies.length]).toEqual([4, 4])
})

test('the peer may find nothing to change, and nobody else', async () => {
  status = 204
  onTestFinished(() => {
    status = 200
  })
  const patch = operations.find(({ name }) => name === 'PATCH active')!
  const once = { concurrency: 1, msPerTurn: 0 }
  const as = (name: string): Runner => ({ ...runner, contestant: { ...runner.contestant, name } })
  await expect(takeTurn(as('peer'), patch, once)).resolves.toMatchObject({ latencies: [expect.any(Number)] })
  await expect(takeTurn(as('latchkey'), patch, once)).rejects.toThrow('PATCH active: 204')
  await expect(takeTurn(as('peer'), operation, once)).rejects.toThrow('204')
})
