import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeDataFolderLock } from './data-folder-lock.ts'
import { processIdentity } from './process-identity.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test.each([
  ['a process that is gone', JSON.stringify({ kind: 'serve', pid: 2 ** 30, identity: 'gone' })],
  ['a process whose pid now belongs to another', JSON.stringify({ kind: 'serve', pid: process.pid, identity: 'another' })],
  ['a power failure', ''],
])('of many who want what %s left, one gets it, and nothing is left lying about', async (_, leftOver) => {
  const path = join(folder, 'lock')
  writeFileSync(path, leftOver)
  const attempts = await Promise.all(Array.from({ length: 20 }, () => takeDataFolderLock(path, 'command')))
  expect(attempts.filter(({ taken }) => taken)).toHaveLength(1)
  for (const attempt of attempts)
    if (!attempt.taken) expect(attempt.holder).toEqual({ kind: 'command', pid: process.pid, identity: processIdentity(process.pid) })
  expect(readdirSync(folder)).toEqual(['lock'])
})

test('a contender who saw the dead holder before another took over does not take over from the living one', async () => {
  for (let round = 0; round < 100; round += 1) {
    const path = join(folder, `lock-${round}`)
    writeFileSync(path, 'left over')
    // Late comers, so that some look while others replace.
    const attempts = await Promise.all(
      Array.from({ length: 12 }, async (_, place) => {
        for (let turn = 0; turn < place * (round % 7); turn += 1) await new Promise(setImmediate)
        return takeDataFolderLock(path, 'command')
      }),
    )
    expect(attempts.filter(({ taken }) => taken)).toHaveLength(1)
  }
})

test('a right to succeed that its taker left in a crash is taken over in turn', async () => {
  const path = join(folder, 'lock')
  writeFileSync(path, 'left over')
  // The right to replace that very content is named by the beginning of its SHA-256.
  writeFileSync(`${path}.b7d7db12fd2e3e28`, 'left over too')
  expect((await takeDataFolderLock(path, 'serve')).taken).toBe(true)
  expect(readdirSync(folder)).toEqual(['lock'])
})
