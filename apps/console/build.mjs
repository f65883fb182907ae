import { createHash } from 'node:crypto'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { build, defaultClientConditions } from 'vite'

/** What everything that a person's browser loads may weigh, gzipped, the worker included. */
const gzippedBytesMax = 150_000

const source = new URL('src/account/', import.meta.url).pathname
const target = new URL('dist/account/', import.meta.url).pathname

await build({
  configFile: false,
  root: source,
  base: '/account/',
  logLevel: 'error',
  publicDir: false,
  resolve: { conditions: ['@latchkey/source', ...defaultClientConditions] },
  worker: { format: 'es' },
  build: {
    outDir: target,
    emptyOutDir: true,
    target: 'es2023',
    // One script, so that the integrity in the page covers all of it, and nothing inlined, so that the policy needs no exception.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: false } },
  },
})

await nameDigests()
const bytes = await gzippedBytes()
if (bytes > gzippedBytesMax) throw new Error(`The account pages weigh ${bytes} bytes gzipped; ${gzippedBytesMax} are allowed.`)
process.stderr.write(`account pages: ${Math.round(bytes / 1_000)} kB gzipped\n`)

/** Names in the page the digest of every script and stylesheet that it loads (WEB-1). A worker cannot be given one. */
async function nameDigests() {
  const page = `${target}index.html`
  const loads = /(?:src|href)="\/account\/(assets\/[^"]+\.(?:js|css))"/g
  let html = await readFile(page, 'utf8')
  for (const [attribute, name] of html.matchAll(loads)) {
    const digest = createHash('sha384')
      .update(await readFile(`${target}${name}`))
      .digest('base64')
    html = html.replace(attribute, `${attribute} integrity="sha384-${digest}"`)
  }
  await writeFile(page, html)
}

async function gzippedBytes() {
  const names = await readdir(target, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => gzipSync(await readFile(`${parentPath}/${name}`)).length))
  return sizes.reduce((sum, size) => sum + size, 0)
}
