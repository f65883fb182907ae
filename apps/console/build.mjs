import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
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
  plugins: [subresourceIntegrity()],
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

const bytes = await gzippedBytes()
if (bytes > gzippedBytesMax) throw new Error(`The account pages weigh ${bytes} bytes gzipped; ${gzippedBytesMax} are allowed.`)
process.stderr.write(`account pages: ${Math.round(bytes / 1_000)} kB gzipped\n`)

/** Names in the page the digest of every script and stylesheet it loads (WEB-1). A worker cannot be given one. */
function subresourceIntegrity() {
  return {
    name: 'subresource-integrity',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle['index.html']
      page.source = String(page.source).replaceAll(/(?:src|href)="\/account\/(assets\/[^"]+\.(?:js|css))"/g, (attribute, name) => {
        const asset = bundle[name]
        const digest = createHash('sha384').update(asset.code ?? asset.source).digest('base64')
        return `${attribute} integrity="sha384-${digest}"`
      })
    },
  }
}

async function gzippedBytes() {
  const names = await readdir(target, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => gzipSync(await readFile(`${parentPath}/${name}`)).length))
  return sizes.reduce((sum, size) => sum + size, 0)
}
