import { readFileSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { startVitest } from 'vitest/node'

/**
 * Runs the tests of a lying server once for each refusal of the client, against a client without it, and writes `[{ check, passed }]`. A refusal whose tests
 * pass without it is tested by nothing.
 */
const source = new URL('../../packages/client-crypto/src/', import.meta.url)
// A short master password is a mistake of the person, and no lie.
const refusal = /throw (?=new ClientCryptoError\((?!'password-too-short')|altered\(|replayed\(|forked\()/g
const checks = readdirSync(source)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .flatMap((file) => {
    const text = readFileSync(new URL(file, source), 'utf8')
    return [...text.matchAll(refusal)].map(({ index }) => ({ file, index, line: text.slice(0, index).split('\n').length }))
  })

// Whatever is about a group's key, its own tests must see.
const aboutGroups = new Set(['epoch.ts', 'grant.ts', 'group-key.ts', 'group-note.ts', 'people.ts', 'recipients.ts'])

const conditions = ['@latchkey/source', 'node', 'default']
const projects = checks.map(({ file, index, line }) => ({
  plugins: [
    {
      name: 'without-a-check',
      enforce: 'pre',
      transform(code, id) {
        if (!id.includes('/client-crypto/src/') || basename(id) !== file) return null
        return { code: `${code.slice(0, index)}void ${code.slice(index + 'throw '.length)}`, map: null }
      },
    },
  ],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: `${file}:${line}`,
    include: [`test/client-crypto/${aboutGroups.has(file) ? 'lying-group-server' : 'lying-server'}.test.ts`],
  },
}))

const vitest = await startVitest('test', [], { config: false, watch: false, reporters: [{}], bail: 0, projects })
const modules = vitest.state.getTestModules()
await vitest.close()
const results = projects.map(({ test: { name: check } }) => {
  const [module, ...others] = modules.filter(({ project }) => project.name === check)
  if (!module || others.length > 0) throw new Error(`The tests did not run once without ${check}.`)
  return { check, passed: module.ok() }
})
process.stdout.write(JSON.stringify(results))
// Tests that fail are what is wanted here.
process.exitCode = 0
