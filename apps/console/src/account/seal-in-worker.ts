import { ClientCryptoError, type SealingWish, type SealedGrant } from '@latchkey/client-crypto'
import { startWorker } from './own-workers.ts'
import type { SealingAnswer, SealingRequest } from './seal-grants.worker.ts'

/**
 * `sealGrants` beside the page, so that it stays alive meanwhile. A batch is sealed only when the one before was dealt with; who stops asking ends the
 * worker, and what it held is gone with it.
 */
export async function* sealInWorker(wish: SealingWish): AsyncGenerator<readonly SealedGrant[]> {
  const worker = startWorker('sealing')
  try {
    for (let request: SealingRequest = wish; ; request = 'next') {
      const answer = await ask(worker, request)
      if ('refused' in answer) throw new ClientCryptoError(answer.refused, answer.message)
      if (answer.grants === null) return
      yield answer.grants
    }
  } finally {
    worker.terminate()
  }
}

function ask(worker: Worker, request: SealingRequest): Promise<SealingAnswer> {
  return new Promise((resolve, reject) => {
    const fail = () =>
      reject(new Error('This browser could not seal the key: workers are blocked. Try a current browser without extensions.'))
    worker.addEventListener('error', fail, { once: true })
    worker.addEventListener('messageerror', fail, { once: true })
    worker.addEventListener('message', ({ data }: MessageEvent<SealingAnswer>) => resolve(data), { once: true })
    worker.postMessage(request)
  })
}
