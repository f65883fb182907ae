import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { afterEach, expect, test, vi } from 'vitest'
import { respondInPieces } from './respond-in-pieces.ts'

const closing: (() => void)[] = []

afterEach(() => {
  vi.useRealTimers()
  for (const close of closing.splice(0)) close()
})

/** A server that answers with pieces, and the beginning of its answer. */
async function answerOf(
  pieces: AsyncIterable<string>,
  onClose = () => {},
): Promise<{ readonly incoming: IncomingMessage; readonly responded: Promise<unknown> }> {
  const app = new Koa()
  const responded = new Promise((resolve) => {
    app.use(async (ctx) => {
      ctx.res.on('close', onClose)
      try {
        await respondInPieces(ctx, { ETag: 'W/"1"' }, pieces)
        resolve('quietly')
      } catch (error) {
        resolve(error)
        throw error
      }
    })
  })
  app.on('error', () => {})
  const server = app.listen(0, '127.0.0.1')
  closing.push(() => server.close())
  await once(server, 'listening')
  const outgoing = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false })
  outgoing.end()
  const [incoming]: IncomingMessage[] = await once(outgoing, 'response')
  return { incoming: incoming!, responded }
}

/** More than any socket takes by itself. */
async function* withoutEnd(ended: { isEnded: boolean }): AsyncGenerator<string> {
  try {
    for (;;) yield 'x'.repeat(1_000_000)
  } finally {
    ended.isEnded = true
  }
}

test('a client that takes nothing any more is given up, and what was being read for it ends', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const ended = { isEnded: false }
  const { incoming, responded } = await answerOf(withoutEnd(ended))
  // The server waits for the client as soon as it has a timer.
  await expect.poll(() => vi.getTimerCount(), { timeout: 5_000 }).toBe(1)
  vi.advanceTimersByTime(20_000)
  expect(await responded).toBe('quietly')
  expect(ended.isEnded).toBe(true)
  await expect(incoming.resume().toArray()).rejects.toMatchObject({ code: 'ECONNRESET' })
})

test('a client that goes away ends the reading, which is no failure', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const ended = { isEnded: false }
  const { incoming, responded } = await answerOf(withoutEnd(ended))
  await expect.poll(() => vi.getTimerCount(), { timeout: 5_000 }).toBe(1)
  incoming.destroy()
  expect(await responded).toBe('quietly')
  expect(ended.isEnded).toBe(true)
})

test('a client that goes away while the next piece is made is not waited for', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let leave = () => {}
  const left = new Promise<void>((resolve) => {
    leave = resolve
  })
  async function* pieces(): AsyncGenerator<string> {
    yield 'x'
    await left
    yield 'x'
  }
  const { incoming, responded } = await answerOf(pieces(), leave)
  incoming.destroy()
  expect(await responded).toBe('quietly')
})

test('what fails midway closes the connection, and what fails before is a failure like any other', async () => {
  async function* failing(pieces: readonly string[]): AsyncGenerator<string> {
    yield* pieces
    throw new Error('No.')
  }
  const midway = await answerOf(failing(['x'.repeat(1_000_000)]))
  await expect(midway.incoming.toArray()).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(await midway.responded).toBeInstanceOf(Error)
  const before = await answerOf(failing([]))
  expect([before.incoming.statusCode, before.incoming.headers['etag']]).toEqual([500, undefined])
})
