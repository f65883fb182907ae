import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'

const packages = new URL('../packages/', import.meta.url)
const ours = (...names: string[]) => names.map((name) => `@latchkey/${name}`)

/** Who may import whom, and which technology each package owns. */
const allowed: Record<string, readonly string[]> = {
  domain: [],
  scim: [],
  application: ours('domain', 'scim'),
  'adapter-koa': [
    ...ours('application', 'domain', 'scim'),
    '@koa/router',
    'koa',
    'prom-client',
    'rate-limiter-flexible',
    'raw-body',
    'zod',
  ],
  'adapter-knex': [...ours('application', 'domain', 'scim'), 'graphile-worker', 'knex', 'pg', 'pg-protocol'],
  'adapter-email': [...ours('application', 'domain'), 'nodemailer', 'postal-mime'],
  'adapter-memory': ours('application', 'domain', 'scim'),
  'adapter-sso': [...ours('application', 'domain'), '@node-saml/node-saml', 'openid-client'],
  'embedded-postgres': [],
  'client-crypto': ['@hpke/core', 'hash-wasm'],
}

interface Manifest {
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}

const read = <Content>(path: string | URL): Content => JSON.parse(readFileSync(path, 'utf8'))
const folders = readdirSync(packages).filter((name) => existsSync(new URL(`${name}/package.json`, packages)))

test('every package is in the table', () => {
  expect(folders.toSorted()).toEqual(Object.keys(allowed).toSorted())
})

test.each(folders)('%s depends only on what it may', (name) => {
  const { dependencies = {} } = read<Manifest>(new URL(`${name}/package.json`, packages))
  expect(Object.keys(dependencies).filter((dependency) => !allowed[name]?.includes(dependency))).toEqual([])
})

test('nothing that the server depends on has the client’s cryptography or its pages', () => {
  const server = read<Manifest>(new URL('../apps/server/package.json', import.meta.url))
  const graph = new Set<string>()
  const visit = ({ dependencies = {} }: Manifest) => {
    for (const name of Object.keys(dependencies)) {
      if (graph.has(name)) continue
      graph.add(name)
      if (name.startsWith('@latchkey/')) visit(read(new URL(`${name.slice('@latchkey/'.length)}/package.json`, packages)))
    }
  }
  visit(server)
  expect(graph).toContain('@latchkey/domain')
  expect(
    [...graph].filter((name) => ['@latchkey/client-crypto', '@latchkey/console', '@hpke/core', 'hash-wasm', 'react'].includes(name)),
  ).toEqual([])
})

test('the console’s pages import the client’s cryptography, the domain and what draws them', () => {
  const folder = new URL('../apps/console/src/', import.meta.url)
  const may =
    /^(\.{1,2}\/|@latchkey\/(client-crypto|domain)$|react$|react-dom\/client$|react-aria-components\/|@tanstack\/react-query$|wouter$)/
  const imported = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'))
    .flatMap((file) =>
      [...readFileSync(new URL(file, folder), 'utf8').matchAll(/(?:from|import) '([^']+)'/g)].map(([, name]) => name ?? ''),
    )
  expect(imported.length).toBeGreaterThan(50)
  expect(imported.filter((name) => !may.test(name))).toEqual([])
})

test('only the launcher brings binaries, and they are PostgreSQL', () => {
  for (const name of folders) {
    const { optionalDependencies = {} } = read<Manifest>(new URL(`${name}/package.json`, packages))
    const foreign = Object.keys(optionalDependencies).filter((dependency) => !dependency.startsWith('@embedded-postgres/'))
    expect(name === 'embedded-postgres' ? foreign : Object.keys(optionalDependencies)).toEqual([])
  }
})

test.each(['domain', 'scim', 'application', 'adapter-memory'])('%s knows neither Node nor a browser', (name) => {
  const { compilerOptions } = read<{ compilerOptions: { types: string[]; lib?: string[] } }>(new URL(`${name}/tsconfig.json`, packages))
  const base = read<{ compilerOptions: { lib: string[] } }>(new URL('../tsconfig.base.json', import.meta.url))
  expect(compilerOptions.types).toEqual([])
  expect((compilerOptions.lib ?? base.compilerOptions.lib).filter((lib) => /dom|webworker/i.test(lib))).toEqual([])
})

test.each(folders)('%s can be entered by its index only', (name) => {
  const { exports } = read<{ exports: Record<string, unknown> }>(new URL(`${name}/package.json`, packages))
  expect(Object.keys(exports)).toEqual(['.'])
})

test('nothing but the server has heard of inversify or the environment', () => {
  for (const name of folders) {
    for (const file of readdirSync(new URL(`${name}/src/`, packages), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue
      const source = readFileSync(new URL(`${name}/src/${file}`, packages), 'utf8')
      expect(source, `${name}/src/${file}`).not.toMatch(/from '(inversify|reflect-metadata)'/)
      if (name !== 'embedded-postgres') expect(source, `${name}/src/${file}`).not.toMatch(/process\.env/)
    }
  }
})
