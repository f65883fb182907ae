import { type Socket, connect } from 'node:net'

/** A request in the bytes that go over the wire, so that making it costs the one who measures nothing. */
export type RawRequest = Buffer

export interface RawAnswer {
  readonly status: number
  /** The lines before the body, as they came. */
  readonly head: string
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
  readonly #url: string
  #socket: Socket
  #isOver = false
  readonly #answer = new AnswerReader()
  #waiting: { readonly resolve: (answer: RawAnswer) => void; readonly reject: (error: Error) => void } | null = null

  static async open(url: string): Promise<Wire> {
    return new Wire(url, await connected(url))
  }

  /** So many connections, for as long as the work lasts. */
  static async many<Result>(url: string, count: number, work: (wires: readonly Wire[]) => Promise<Result>): Promise<Result> {
    const wires = await Promise.all(Array.from({ length: count }, () => Wire.open(url)))
    try {
      return await work(wires)
    } finally {
      for (const wire of wires) wire.close()
    }
  }

  private constructor(url: string, socket: Socket) {
    this.#url = url
    this.#socket = this.#listenTo(socket)
  }

  /** A server hangs up on whoever is silent for long, as one is who waits for the slow answers of others: then it is called again. */
  send(request: RawRequest): Promise<RawAnswer> {
    return this.#isOver ? this.#sendAnew(request) : this.#ask(request)
  }

  async #sendAnew(request: RawRequest): Promise<RawAnswer> {
    this.#socket = this.#listenTo(await connected(this.#url))
    return this.#ask(request)
  }

  #ask(request: RawRequest): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(request)
    })
  }

  #listenTo(socket: Socket): Socket {
    this.#isOver = false
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    const end = () => {
      if (socket !== this.#socket) return
      this.#isOver = true
      this.#waiting?.reject(new Error('The server closed the connection.'))
    }
    socket.on('error', end).on('end', end).on('close', end)
    return socket
  }

  close(): void {
    this.#waiting = null
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    const answer = this.#answer.read(chunk)
    if (!answer) return
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve(answer)
  }
}

async function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket
}

/** Puts an answer together from the pieces in which it comes. Those of a long one are joined once, at its end. */
export class AnswerReader {
  #pieces: Buffer[] = []
  #received = 0
  /** Of the answer that is being read, once its head is whole. Without a length the body comes in chunks. */
  #head: { readonly text: string; readonly status: number; readonly length: number | null; readonly bytes: number } | null = null

  /** The answer, if this piece is its last. */
  read(piece: Buffer): RawAnswer | undefined {
    this.#pieces.push(piece)
    this.#received += piece.length
    this.#head ??= this.#readHead()
    if (!this.#head) return undefined
    const { text, status, length, bytes } = this.#head
    if (length === null ? !this.#endsWithLastChunk() : this.#received < bytes + length) return undefined
    const body = this.#whole().subarray(bytes)
    this.#pieces = []
    this.#received = 0
    this.#head = null
    return { status, head: text, body: length === null ? unchunked(body) : body.toString('utf8', 0, length) }
  }

  #readHead() {
    const whole = this.#whole()
    const end = whole.indexOf('\r\n\r\n')
    if (end < 0) return null
    const text = whole.toString('latin1', 0, end)
    const status = Number(text.slice(9, 12))
    const length = status === 204 || status === 304 ? '0' : /content-length: (\d+)/i.exec(text)?.[1]
    return { text, status, length: length === undefined ? null : Number(length), bytes: end + 4 }
  }

  #endsWithLastChunk(): boolean {
    const last = '0\r\n\r\n'
    const piece = this.#pieces.at(-1)
    const end = piece && piece.length >= last.length ? piece : this.#whole()
    return end.subarray(-last.length).equals(Buffer.from(last))
  }

  #whole(): Buffer {
    const [first = Buffer.alloc(0), ...more] = this.#pieces
    if (more.length === 0) return first
    const whole = Buffer.concat(this.#pieces)
    this.#pieces = [whole]
    return whole
  }
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
