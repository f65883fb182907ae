import { type Instant, minuteMs } from './instant.ts'

/** So many wrong proofs in so long, and no proof is looked at until the first of them is that long ago (KEY-7). */
export const wrongProofsMax = 5
export const wrongProofsWindowMs = 15 * minuteMs

/**
 * Wrong proofs of one owner from all sources together, in the same time, at which sign-in without a session rests. An outsider who wants to keep an
 * owner out needs many addresses for it; a new owner link lets the owner in all the same.
 */
export const ownerWrongProofsMax = 100

/** When the next proof may be tried, or null for now. `wrong` are the times of wrong proofs within the window, oldest first. */
export function nextProofAt(wrong: readonly Instant[], max: number = wrongProofsMax): Instant | null {
  const decisive = wrong[wrong.length - max]
  return decisive === undefined ? null : decisive + wrongProofsWindowMs
}
