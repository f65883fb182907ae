import { deriveRoot } from '@latchkey/client-crypto'
import type { Bytes, Profile } from '@latchkey/client-crypto'

/** What the page asks of the worker, once: it is ended after its answer, and its memory with it. */
export interface DerivationRequest {
  readonly masterPassword: string
  readonly salt: Bytes
  readonly profile: Profile
}

self.addEventListener('message', async ({ data }: MessageEvent<DerivationRequest>) => {
  const root = await deriveRoot(data.masterPassword, data.salt, data.profile)
  self.postMessage(root, { transfer: [root.buffer] })
})
