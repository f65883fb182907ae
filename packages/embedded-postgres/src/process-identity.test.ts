import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { processIdentity } from './process-identity.ts'

test('a process has one identity, and another process another', () => {
  expect(processIdentity(process.pid)).toBe(processIdentity(process.pid))
  expect(processIdentity(process.ppid)).not.toBe(processIdentity(process.pid))
  expect(processIdentity(2 ** 30)).toBeUndefined()
})

test.runIf(process.platform === 'linux')('a zombie is no process any more', async () => {
  // The shell's child ends, and the sleep that takes the shell's place never asks after it.
  const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'])
  const [pid] = (await once(parent.stdout, 'data')) as [Buffer]
  await vi.waitUntil(() => processIdentity(Number(pid)) === undefined, { timeout: 5_000, interval: 10 })
  expect(() => process.kill(Number(pid), 0)).not.toThrow()
  parent.kill()
})
