import { createHash } from 'node:crypto'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { build, defaultClientConditions } from 'vite'

/** What everything of a bundle that a browser loads may weigh, gzipped, workers included. */
const gzippedBytesMax = { account: 150_000, console: 200_000 }

for (const [name, max] of Object.entries(gzippedBytesMax)) {
  const target = new URL(`dist/${name}/`, import.meta.url).pathname
  await bundle(name, target)
  await nameDigests(name, target)
  const bytes = await gzippedBytes(target)
  if (bytes > max) throw new Error(`The ${name} pages weigh ${bytes} bytes gzipped; ${max} are allowed.`)
  process.stderr.write(`${name} pages: ${Math.round(bytes / 1_000)} kB gzipped\n`)
}

async function bundle(name, target) {
  await build({
    configFile: false,
    root: new URL(`src/${name}/`, import.meta.url).pathname,
    base: `/${name}/`,
    logLevel: 'error',
    publicDir: false,
    resolve: { conditions: ['@latchkey/source', ...defaultClientConditions] },
    worker: { format: 'es', rolldownOptions: { output: { codeSplitting: false } } },
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
}

/** Names in the page the digest of every script and stylesheet that it loads (WEB-1). A worker cannot be given one. */
async function nameDigests(name, target) {
  const page = `${target}index.html`
  const loads = new RegExp(`(?:src|href)="/${name}/(assets/[^"]+\\.(?:js|css))"`, 'g')
  let html = await readFile(page, 'utf8')
  for (const [attribute, file] of html.matchAll(loads)) {
    const digest = createHash('sha384')
      .update(await readFile(`${target}${file}`))
      .digest('base64')
    html = html.replace(attribute, `${attribute} integrity="sha384-${digest}"`)
  }
  await writeFile(page, html)
}

async function gzippedBytes(target) {
  const names = await readdir(target, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => gzipSync(await readFile(`${parentPath}/${name}`)).length))
  return sizes.reduce((sum, size) => sum + size, 0)
}
