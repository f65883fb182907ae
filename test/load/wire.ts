import { type Socket, connect } from 'node:net'

/** A request in the bytes that go over the wire, so that making it costs the one who measures nothing. */
export type RawRequest = Buffer

export interface RawAnswer {
  readonly status: number
  readonly body: string
}

/** The bytes of a request of HTTP/1.1 on a connection that stays open. */
export function rawRequest(method: string, path: string, token: string, body?: unknown): RawRequest {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${token}`]
  if (text !== '') head.push('Content-Type: application/scim+json', `Content-Length: ${Buffer.byteLength(text)}`)
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${text}`)
}

/** One connection to a server; one request at a time. */
export class Wire {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #waiting: { readonly resolve: (answer: RawAnswer) => void; readonly reject: (error: Error) => void } | null = null

  static async open(url: string): Promise<Wire> {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new Wire(socket)
  }

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    const fail = () => this.#waiting?.reject(new Error('The server closed the connection.'))
    socket.on('error', fail).on('close', fail)
  }

  send(request: RawRequest): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const answer = readAnswer(this.#received)
    if (!answer) return
    this.#received = Buffer.alloc(0)
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve(answer)
  }
}

/** An answer, once it is whole. */
function readAnswer(received: Buffer): RawAnswer | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = received.toString('latin1', 0, end)
  const status = Number(head.slice(9, 12))
  if (status === 204 || status === 304) return { status, body: '' }
  const length = /content-length: (\d+)/i.exec(head)?.[1]
  if (length !== undefined) {
    if (received.length < end + 4 + Number(length)) return undefined
    return { status, body: received.toString('utf8', end + 4, end + 4 + Number(length)) }
  }
  // In chunks; that of length zero is the last.
  if (received.indexOf('0\r\n\r\n', Math.max(end, received.length - 5)) < 0) return undefined
  return { status, body: unchunked(received.subarray(end + 4)) }
}

function unchunked(body: Buffer): string {
  const pieces: Buffer[] = []
  let at = 0
  for (;;) {
    const line = body.indexOf('\r\n', at)
    const length = Number.parseInt(body.toString('latin1', at, line), 16)
    if (length === 0) return Buffer.concat(pieces).toString('utf8')
    pieces.push(body.subarray(line + 2, line + 2 + length))
    at = line + 2 + length + 2
  }
}
