import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** One who is measured: a server process with a directory in it. */
export interface Contestant {
  readonly name: string
  /** Where SCIM begins. */
  readonly url: string
  readonly token: string
  readonly pid: number
  readonly stop: () => Promise<void>
}

/** A process that says on standard output where it listens. */
export async function startProcess(
  name: string,
  script: string,
  options: {
    readonly environment: Record<string, string>
    readonly log: string
    readonly flags?: readonly string[]
    readonly words?: readonly string[]
  },
): Promise<{ readonly url: string; readonly child: ChildProcess; readonly stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [...(options.flags ?? []), script, ...(options.words ?? [])], {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...options.environment },
    stdio: ['ignore', 'pipe', openSync(options.log, 'a')],
  })
  // Whoever ends the benchmark may do so before this one has begun.
  const kill = () => child.kill('SIGTERM')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const output = child.stdout as Readable
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  for await (const line of createInterface({ input: output })) {
    const url = /listens on (\S+)/.exec(line)?.[1]
    if (url) return { url: url.replace('localhost', '127.0.0.1'), child, stop }
  }
  throw new Error(`${name} ended before it listened; see ${options.log}.`)
}
