import { type SealingWish, type VerifiedStatement, createEncryptionKey, makeEpoch } from '@latchkey/client-crypto'
import { sealInWorker } from '../../apps/console/src/account/seal-in-worker.ts'

/** Runs in the page of `seal-grants.e2e.test.ts`: what a holder's page does with a crowd that waits. */
export interface Sealing {
  readonly batches: readonly number[]
  readonly milliseconds: number
  /** The longest time for which the page did nothing else. */
  readonly longestStallMs: number
  readonly grants: readonly { readonly statement: string; readonly signature: string }[]
  readonly signingPublicKey: readonly number[]
}

const organization = crypto.randomUUID()

/** Seals to so many people, each with a key of their own; `takeMax` stops after so many batches, as when the page is closed. */
export async function sealToCrowd(count: number, takeMax = Number.POSITIVE_INFINITY): Promise<Sealing> {
  const wish = await wishFor(count)
  const batches: number[] = []
  const grants: Sealing['grants'][number][] = []
  let [last, longestStallMs] = [performance.now(), 0]
  const ticking = setInterval(() => {
    longestStallMs = Math.max(longestStallMs, performance.now() - last)
    last = performance.now()
  }, 5)
  const start = performance.now()
  for await (const batch of sealInWorker(wish)) {
    batches.push(batch.length)
    grants.push(...batch)
    if (batches.length === takeMax) break
  }
  clearInterval(ticking)
  const milliseconds = performance.now() - start
  return { batches, milliseconds, longestStallMs, grants, signingPublicKey: [...wish.unlocked.statement.signingPublicKey] }
}

/** The name of the refusal when the last of a crowd has another key than the log. */
export async function sealToSwapped(count: number): Promise<{ readonly code: unknown; readonly batches: number }> {
  const wish = await wishFor(count)
  const recipients = wish.recipients.with(-1, { ...wish.recipients.at(-1)!, fingerprint: '00'.repeat(32) })
  let batches = 0
  try {
    for await (const _ of sealInWorker({ ...wish, recipients })) batches += 1
    return { code: null, batches }
  } catch (error) {
    return { code: error instanceof Error && 'code' in error ? error.code : error, batches }
  }
}

async function wishFor(count: number): Promise<SealingWish> {
  const { unlocked } = await createEncryptionKey({
    challenge: {
      nonce: 'nonce',
      time: '2026-11-24T03:00:00.000Z',
      organizationId: organization,
      userId: crypto.randomUUID(),
      version: 1,
      previousStatement: null,
    },
    masterPassword: 'correct horse battery',
    deriveRoot: async () => crypto.getRandomValues(new Uint8Array(32)),
  })
  const crowd = await Promise.all(Array.from({ length: count }, () => somebody(unlocked.statement)))
  const newest = new Map(crowd.map((one) => [one.user, one]))
  const byFingerprint = new Map(crowd.map((one) => [hexadecimal(one.fingerprint), one]))
  const known = { newest, byFingerprint }
  const recipients = crowd.map(({ user, fingerprint }) => ({
    userId: user,
    fingerprint: hexadecimal(fingerprint),
    because: 'approved' as const,
  }))
  const time = '2026-11-24T03:00:00.000Z'
  const { key } = await makeEpoch({ unlocked, group: crypto.randomUUID(), previous: null, recipients: [], known, people: new Map(), time })
  return { unlocked, key, recipients, known, people: new Map() }
}

/** A person as a checked key log has them: a key of their own to which can be sealed. */
async function somebody(like: VerifiedStatement): Promise<VerifiedStatement> {
  const pair = await crypto.subtle.generateKey('X25519', false, ['deriveBits'])
  if (!('publicKey' in pair)) throw new TypeError('X25519 makes pairs.')
  const encryptionPublicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  return { ...like, user: crypto.randomUUID(), encryptionPublicKey, fingerprint: crypto.getRandomValues(new Uint8Array(32)) }
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
