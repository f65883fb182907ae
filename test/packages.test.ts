import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const repository = new URL('..', import.meta.url).pathname
const tsc = join(repository, 'node_modules/typescript/bin/tsc')
const compilerOptions =
  '--strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --noPropertyAccessFromIndexSignature --skipLibCheck false --lib es2023,dom --target es2023 --module nodenext'

let workplace: string
beforeAll(async () => {
  workplace = await mkdtemp(join(tmpdir(), 'latchkey-packages-'))
})
afterAll(() => rm(workplace, { recursive: true, force: true }))

test.each(['domain', 'scim'])('another service can install @latchkey/%s by itself and run the example of its README', async (name) => {
  const project = join(workplace, name)
  await mkdir(project)
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'another-service', private: true, type: 'module' }))

  const packed: { filename: string }[] = JSON.parse(
    await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], join(repository, 'packages', name)),
  )
  await run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', `./${packed[0]!.filename}`], project)
  const example = exampleOf(await readFile(join(project, 'node_modules/@latchkey', name, 'README.md'), 'utf8'))
  expect(importsOf(example)).toEqual([`@latchkey/${name}`])

  await writeFile(join(project, 'example.ts'), example)
  await run(process.execPath, [tsc, ...compilerOptions.split(' '), '--types', '', 'example.ts'], project)
  const printed = await run(process.execPath, ['example.js'], project)
  expect(printed.trimEnd().split('\n')).toEqual(promisesOf(example))
})

/** Alone in its folder: nothing of ours in the environment, nothing fetched from anywhere. */
async function run(command: string, words: readonly string[], folder: string): Promise<string> {
  const environment = { PATH: process.env['PATH'] ?? '', HOME: workplace, npm_config_cache: join(workplace, 'cache') }
  try {
    const { stdout } = await promisify(execFile)(command, [...words], { cwd: folder, env: environment })
    return stdout
  } catch (error) {
    // The compiler says what is wrong on its standard output.
    if (error instanceof Error && 'stdout' in error) throw new Error(`${error.message}\n${String(error.stdout)}`)
    throw error
  }
}

function exampleOf(readme: string): string {
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!)
  expect(blocks).toHaveLength(1)
  return blocks[0]!
}

function importsOf(example: string): readonly string[] {
  return [...example.matchAll(/\bfrom '([^']+)'/g)].map(([, specifier]) => specifier!)
}

/** What the example's comments say it prints. */
function promisesOf(example: string): readonly string[] {
  return [...example.matchAll(/\/\/ prints: (.*)$/gm)].map(([, line]) => line!)
}
