import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { expect, test } from 'vitest'
import { AnswerReader, Wire, rawRequest } from './wire.ts'

const withLength = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nRetry-After: 3\r\n\r\nthree'
const inChunks = 'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\na\r\n, ünd all\r\n0\r\n\r\n'
const withoutBody = 'HTTP/1.1 204 No Content\r\nETag: W/"1"\r\n\r\n'

test.each([
  [withLength, 200, 'three'],
  [inChunks, 201, 'first, ünd all'],
  [withoutBody, 204, ''],
])('an answer is whole with its last byte, however it is cut: %j', (text, status, body) => {
  const bytes = Buffer.from(text)
  for (let size = 1; size <= bytes.length; size += 1) {
    const reader = new AnswerReader()
    // On one connection, one after the other.
    for (let time = 0; time < 2; time += 1) {
      const answers = []
      for (let at = 0; at < bytes.length; at += size) answers.push(reader.read(bytes.subarray(at, at + size)))
      expect(answers.slice(0, -1).every((answer) => answer === undefined)).toBe(true)
      expect(answers.at(-1)).toMatchObject({ status, body })
    }
  }
})

test('the head is kept as it came', () => {
  expect(new AnswerReader().read(Buffer.from(withLength))?.head).toContain('Retry-After: 3')
})

test('whoever was hung up on while they were silent calls again', async () => {
  const server = createServer((_request, response) => response.end('here'))
  const sockets: Socket[] = []
  server.on('connection', (socket) => sockets.push(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  try {
    await Wire.many(`http://127.0.0.1:${port}`, 1, async ([wire]) => {
      for (let call = 1; call <= 3; call += 1) {
        expect(await wire!.send(rawRequest('GET', '/', 'token'))).toMatchObject({ status: 200, body: 'here' })
        expect(sockets).toHaveLength(call)
        const gone = once(sockets.at(-1)!, 'close')
        server.closeIdleConnections()
        await gone
        // The end of the connection is read in the turn of the event loop behind the one that closed it.
        await new Promise(setImmediate)
      }
    })
  } finally {
    server.close()
  }
})
