import type { FirstSync } from './first-sync.ts'
import type { Comparable, Growth } from './growth.ts'
import type { Measured } from './measure.ts'
import type { Neighbours } from './neighbours.ts'
import type { Crowd } from './pool.ts'
import { type Spread, ratios, spreadOf } from './statistics.ts'
import type { Walk } from './walk.ts'

/** Something that must hold, what was measured of it, and whether it does. Null where this machine or this run cannot say. */
export interface Verdict {
  readonly claim: string
  readonly measured: string
  readonly holds: boolean | null
}

/** Of an operation as often as it was asked at once; of one that is slow there is one figure for all. */
export function find(measured: readonly Measured[], contestant: string, { operation, concurrency }: Measured): Measured | undefined {
  const own = measured.filter((one) => one.contestant === contestant && one.operation === operation)
  return own.find((one) => one.concurrency === concurrency) ?? own.find((one) => one.concurrency === 1)
}

/** Latchkey's rate over another's, round by round. */
export function ratioOf(ours: Measured, theirs: Measured): Spread {
  const rates = ({ turns }: Measured) => turns.map(({ perSecond }) => perSecond)
  return spreadOf(ratios(rates(ours), rates(theirs)))
}

/** The concurrency at which the floor's ratios are claimed. */
const claimedAt = 8

export function comparisonVerdicts(measured: readonly Measured[]): readonly Verdict[] {
  const ours = measured.filter(({ contestant }) => contestant === 'latchkey')
  const ofFloor = ours
    .filter(({ concurrency, operation }) => concurrency === claimedAt && operation.floorRatioMin !== null)
    .flatMap((one): Verdict[] => {
      const floor = find(measured, 'floor', one)
      if (!floor) return []
      const least = one.operation.floorRatioMin ?? 0
      const ratio = ratioOf(one, floor)
      return [
        {
          claim: `${one.operation.name}: at least ${least} of the floor, ${claimedAt} at once`,
          measured: spread(ratio),
          holds: ratio.median >= least,
        },
      ]
    })
  const ofPeer = ours.flatMap((one) => {
    const peer = find(measured, 'peer', one)
    return peer ? [{ name: `${one.operation.name}, ${one.concurrency} at once`, ratio: ratioOf(one, peer) }] : []
  })
  const behind = ofPeer.filter(({ ratio }) => ratio.median <= 1)
  const closest = ofPeer.toSorted((a, b) => a.ratio.median - b.ratio.median)[0]
  if (!closest) return ofFloor
  const told = behind.length > 0 ? behind : [closest]
  return [
    ...ofFloor,
    {
      claim: 'ahead of the peer on every operation that it has',
      measured: `${behind.length > 0 ? 'behind in' : 'closest in'} ${told.map(({ name, ratio }) => `${name}: ${spread(ratio)}`).join('; ')}`,
      holds: behind.length === 0,
    },
  ]
}

const growthClaims: Readonly<Record<Comparable, { readonly claim: string; readonly atMost: number }>> = {
  member: { claim: 'PATCH of one member costs at most 1.15 times as much on a group of 100,000 as on one of 10', atMost: 1.15 },
  cursor: { claim: 'page 1,000 by cursor costs at most 1.15 times what page 1 costs', atMost: 1.15 },
  'look-up': { claim: 'look-ups cost at most 1.3 times what they cost at 1 thousand users', atMost: 1.3 },
}

const largeGroupMbMax = 200

export function growthVerdicts({ pairs, largeGroup }: Growth): readonly Verdict[] {
  const largest = Math.max(...pairs.map(({ users }) => users))
  const ofPairs = pairs
    .filter(({ users }) => users === largest)
    .map(({ what, operation, users, ratio }): Verdict => {
      const { claim, atMost } = growthClaims[what]
      return {
        claim,
        measured: `${what === 'look-up' ? `${operation}, ` : ''}${whole(users)} users: ${spread(ratio)}`,
        holds: ratio.median <= atMost,
      }
    })
  if (!largeGroup) return ofPairs
  const { idleMb, peakMb, members } = largeGroup
  const more = idleMb === null || peakMb === null ? null : peakMb - idleMb
  return [
    ...ofPairs,
    {
      claim: `getting a group of ${whole(members)} holds the process under ${largeGroupMbMax} MB above idle`,
      measured: more === null ? 'unknown here' : `${megabytes(more)} (${megabytes(idleMb)} to ${megabytes(peakMb)})`,
      holds: more === null ? null : more < largeGroupMbMax,
    },
  ]
}

const firstSyncMinutesMax = 15

export function firstSyncVerdicts(syncs: readonly FirstSync[]): readonly Verdict[] {
  return syncs.map(({ provider, users, groups, seconds }) => ({
    claim: `a first sync as ${provider} under ${firstSyncMinutesMax} minutes, 8 at once, without an error or a duplicate`,
    measured: `${(seconds / 60).toFixed(1)} min for ${whole(users)} users and ${whole(groups)} groups with ${whole(users)} memberships`,
    holds: seconds < firstSyncMinutesMax * 60,
  }))
}

export function walkVerdicts(walks: readonly Walk[]): readonly Verdict[] {
  return walks.map(({ by, beside, stayed, missed, repeated }) => ({
    claim: `a walk by ${by} while another client ${beside.deletes > 0 ? 'creates, changes and deletes' : 'creates and changes'} misses none and repeats none`,
    measured: `${whole(missed)} missed, ${whole(repeated)} repeated of ${whole(stayed)} users who stayed`,
    holds: missed === 0 && repeated === 0,
  }))
}

export function poolVerdicts(crowds: readonly Crowd[]): readonly Verdict[] {
  return crowds.map(({ connections, atOnce, requests, errors, example }) => ({
    claim: `no error with ${atOnce} requests at once over ${connections === 1 ? 'one connection' : `${connections} connections`}`,
    measured: `${whole(errors)} of ${whole(requests)}${example === null ? '' : `; the first: ${example}`}`,
    holds: errors === 0,
  }))
}

/** As much more in the last minute as in the first still counts as flat. */
const memoryRatioMax = 1.1

export function neighboursVerdicts({ alone, beside, flooded, memoryMb: { first, last } }: Neighbours): readonly Verdict[] {
  const ratio = beside.p99Ms / alone.p99Ms
  const worst = Math.max(...beside.p99MsOfEach.map((p99, index) => p99 / (alone.p99MsOfEach[index] ?? Number.NaN)))
  const errors = alone.errors + beside.errors + flooded.errors
  return [
    { claim: "beside a flood the others' p99 less than doubles", measured: `${figure(ratio)} times`, holds: ratio < 2 },
    { claim: 'and so does that of each by itself', measured: `${figure(worst)} times for the worst`, holds: worst < 2 },
    {
      claim: 'the flood gets 429 with Retry-After',
      measured: `${whole(flooded.refused)} with it, ${whole(flooded.unexplained)} without`,
      holds: flooded.refused > 0 && flooded.unexplained === 0,
    },
    { claim: 'no error beside a flood', measured: whole(errors), holds: errors === 0 },
    {
      claim: `memory flat: the last minute's at most ${memoryRatioMax} times the first's`,
      measured: first === null || last === null ? 'unknown here' : `${megabytes(first)} to ${megabytes(last)}`,
      holds: first === null || last === null ? null : last <= memoryRatioMax * first,
    },
  ]
}

export function spread({ median, min, max }: Spread): string {
  return `${figure(median)} (${figure(min)}–${figure(max)})`
}

export function figure(number: number): string {
  return number < 10 ? number.toFixed(2) : whole(number)
}

export function whole(number: number): string {
  return Math.round(number).toLocaleString('en-GB')
}

export function megabytes(number: number | null): string {
  return number === null ? 'unknown' : `${whole(number)} MB`
}
