import type { Bytes, DeriveRoot } from '@latchkey/client-crypto'
import type { DerivationRequest } from './derivation.worker.ts'
import { startWorker } from './own-workers.ts'

/**
 * Derives beside the page, so that it stays alive meanwhile, and where alone WebAssembly is allowed. Each derivation has a worker of its own: what it
 * held is gone with it.
 */
export const deriveInWorker: DeriveRoot = (masterPassword, salt, profile) =>
  new Promise((resolve, reject) => {
    const worker = startWorker('derivation')
    const fail = () => {
      worker.terminate()
      reject(
        new Error('This browser could not derive the key: WebAssembly or workers are blocked. Try a current browser without extensions.'),
      )
    }
    worker.addEventListener('error', fail)
    worker.addEventListener('messageerror', fail)
    worker.addEventListener('message', ({ data }: MessageEvent<Bytes>) => {
      worker.terminate()
      resolve(data)
    })
    worker.postMessage({ masterPassword, salt, profile } satisfies DerivationRequest)
  })
