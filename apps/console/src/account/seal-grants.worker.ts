import { ClientCryptoError, type ClientCryptoErrorCode, type SealingWish, type SealedGrant, sealGrants } from '@latchkey/client-crypto'

/** What the page sends: first all that is wished for, and then a word for each batch that it has dealt with. */
export type SealingRequest = SealingWish | 'next'

/** The next batch; null after the last. A refusal comes by its name, which an error that is handed over would lose. */
export type SealingAnswer =
  | { readonly grants: readonly SealedGrant[] | null }
  | { readonly refused: ClientCryptoErrorCode; readonly message: string }

let batches: AsyncGenerator<readonly SealedGrant[]> | null = null

self.addEventListener('message', async ({ data }: MessageEvent<SealingRequest>) => {
  if (data !== 'next') batches = sealGrants(data)
  self.postMessage(await nextBatch())
})

async function nextBatch(): Promise<SealingAnswer> {
  try {
    const next = await batches?.next()
    return { grants: !next || next.done === true ? null : next.value }
  } catch (error) {
    if (error instanceof ClientCryptoError) return { refused: error.code, message: error.message }
    throw error
  }
}
