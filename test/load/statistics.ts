/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** A share of sorted numbers: 0.99 of them are at most this. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

/** Some numbers as a table shows them: their middle, and between what they lie. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function spreadOf(numbers: readonly number[]): Spread {
  return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) }
}

/** One over another, round by round. One who took part in fewer rounds is compared with what there is. */
export function ratios(ours: readonly number[], theirs: readonly number[]): readonly number[] {
  return Array.from(
    { length: Math.max(ours.length, theirs.length) },
    (_, round) => ours[round % ours.length]! / theirs[round % theirs.length]!,
  )
}
