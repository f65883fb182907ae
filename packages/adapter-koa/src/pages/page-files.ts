import { readFile, readdir } from 'node:fs/promises'
import { extname } from 'node:path'
import { gzipSync } from 'node:zlib'

/** A built file, as it is and as it travels. */
export interface PageFile {
  readonly type: string
  readonly bytes: Buffer
  readonly gzipped: Buffer
}

/** What a build made: one page, and what it loads, by names that hold a digest of their content. */
export interface PageFiles {
  readonly page: PageFile
  readonly assets: ReadonlyMap<string, PageFile>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Reads a build into memory, once: what is served afterwards is what there was at the start. Null where nothing was built. */
export async function readPageFiles(folder: URL): Promise<PageFiles | null> {
  const read = async (name: string): Promise<PageFile> => {
    const bytes = await readFile(new URL(name, folder))
    return { type: types[extname(name)] ?? 'application/octet-stream', bytes, gzipped: gzipSync(bytes) }
  }
  try {
    const page = await read('index.html')
    const names = await readdir(new URL('assets/', folder))
    const assets = await Promise.all(names.map(async (name) => [name, await read(`assets/${name}`)] as const))
    return { page, assets: new Map(assets) }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
