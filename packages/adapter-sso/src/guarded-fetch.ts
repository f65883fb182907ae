import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'

const bytesMax = 1_024 * 1_024
const timeoutMs = 10_000

/**
 * `fetch` for addresses that an administrator or a provider named: https and public addresses only, no redirects, a time and a size (INP-8). On a machine
 * that itself is reached by loopback only, loopback is allowed, and without https: there a provider for trying things out may run.
 */
export function guardedFetch({ allowsLoopback }: { readonly allowsLoopback: boolean }) {
  return async (address: string, options: RequestInit = {}): Promise<Response> => {
    const url = new URL(address)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const addresses = isIP(host) ? [host] : (await lookup(host, { all: true })).map((found) => found.address)
    const isLoopback = addresses.every((one) => one.startsWith('127.') || one === '::1')
    if (!(isLoopback && allowsLoopback)) {
      if (url.protocol !== 'https:') throw new Error('An identity provider is reached by https.')
      if (addresses.length === 0 || addresses.some(isPrivate)) throw new Error('An identity provider has a public address.')
    }
    const response = await fetch(url, { ...options, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
    return new Response(await limited(response), { status: response.status, headers: response.headers })
  }
}

async function limited(response: Response): Promise<Blob | null> {
  if (!response.body || response.status === 204) return null
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  for await (const chunk of response.body) {
    length += chunk.length
    if (length > bytesMax) throw new Error('An identity provider answered with too much.')
    chunks.push(new Uint8Array(chunk))
  }
  return new Blob(chunks)
}

/** Loopback, link-local, private and shared networks, in both families (RFC 6890). */
function isPrivate(address: string): boolean {
  const four = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/i.exec(address)
  if (!four) return /^(::1?$|fc|fd|fe[89ab]|ff|64:ff9b:|100::|2001:(?:0?:|db8:))/i.test(address)
  const [a = 0, b = 0] = four.slice(1).map(Number)
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && (b === 168 || b === 0)) ||
    (a === 198 && (b === 18 || b === 19))
  )
}
