import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { gatheredLines } from './gathered-lines.ts'

async function openFile() {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-log-'))
  const path = join(folder, 'log')
  const file = await open(path, 'a')
  onTestFinished(async () => {
    await file.close()
    await rm(folder, { recursive: true })
  })
  return { lines: gatheredLines(file.fd), content: () => readFile(path, 'utf8') }
}

test('a line is kept for no longer than a moment', async () => {
  const { lines, content } = await openFile()
  lines.write('one\n')
  lines.write('two\n')
  expect(await content()).toBe('')
  await expect.poll(content, { timeout: 5_000 }).toBe('one\ntwo\n')
})

test('many lines go out at once, whole and in order', async () => {
  const { lines, content } = await openFile()
  const all = Array.from({ length: 10_000 }, (_, number) => `{"number":${number},"name":"Ä"}\n`)
  for (const line of all) lines.write(line)
  await expect.poll(content, { timeout: 5_000 }).toBe(all.join(''))
})
