import { type FileHandle, open, rename, stat } from 'node:fs/promises'

const keptSizeMax = 8 * 1024 * 1024
const reasonReadMax = 64 * 1024
const reasonLengthMax = 300

/** The file that the server and the programs that prepare it write to. */
export class ServerLog {
  readonly path: string
  readonly #file: FileHandle
  #mark: number

  /** Opens the log for appending. One that has grown large becomes `<path>.1`, in place of the last such. */
  static async open(path: string): Promise<ServerLog> {
    const size = await stat(path).then(
      ({ size }) => size,
      () => 0,
    )
    if (size > keptSizeMax) await rename(path, `${path}.1`)
    const file = await open(path, 'a+', 0o600)
    return new ServerLog(path, file, (await file.stat()).size)
  }

  private constructor(path: string, file: FileHandle, mark: number) {
    this.path = path
    this.#file = file
    this.#mark = mark
  }

  /** For a child process to write to. */
  get descriptor(): number {
    return this.#file.fd
  }

  async size(): Promise<number> {
    return (await this.#file.stat()).size
  }

  /** From here on `reason` looks only at what is written after now. */
  async mark(): Promise<void> {
    this.#mark = await this.size()
  }

  /** The line that says best why a program gave up, else the last line; without its time stamp. */
  async reason(): Promise<string> {
    const size = await this.size()
    const from = Math.max(this.#mark, size - reasonReadMax)
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(size - from), 0, size - from, from)
    const lines = buffer
      .toString('utf8', 0, bytesRead)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
    const telling = lines.findLast((line) => /\b(PANIC|FATAL|ERROR|error):/.test(line)) ?? lines.at(-1) ?? 'nothing was logged'
    return telling.replace(/^.*?\b(PANIC|FATAL|ERROR|error):\s*/, '').slice(0, reasonLengthMax)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}
