import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  dayMs,
  hourMs,
  isUseWorthNoting,
  revokeScimToken,
  rotateScimToken,
  rotationOverlapHoursMax,
  scimTokenExpiry,
  scimTokenPrefix,
  scimTokenPublicId,
  scimTokenState,
  scimTokenTtlDaysMax,
  scimTokensUsableMax,
} from '@latchkey/domain'
import { instants, scimTokenTexts, scimTokens } from '../arbitraries/tokens.ts'

const runs = { numRuns: 1_000 }
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

test('invariant 33: a token is found by its public id', () =>
  fc.assert(
    fc.property(scimTokenTexts, ({ publicId, token }) => {
      expect(token).toMatch(/^latchkey_scim_[0-9A-Za-z]{17}_[0-9A-Za-z]{49}$/)
      expect(scimTokenPublicId(token)).toBe(publicId)
      expect(token.startsWith(`${scimTokenPrefix({ publicId })}_`)).toBe(true)
    }),
    runs,
  ))

test('invariant 33: a token with one character changed is known for none without a query', () =>
  fc.assert(
    fc.property(scimTokenTexts, fc.nat(), fc.constantFrom(...base62, '_', ' ', 'é'), ({ token }, at, character) => {
      const index = at % token.length
      fc.pre(token[index] !== character)
      expect(scimTokenPublicId(token.slice(0, index) + character + token.slice(index + 1))).toBeUndefined()
    }),
    { numRuns: 5_000 },
  ))

test('invariant 33: a token cut short, made longer or with two characters swapped is none', () =>
  fc.assert(
    fc.property(scimTokenTexts, fc.nat(), fc.constantFrom(...base62), ({ token }, at, character) => {
      const index = at % (token.length - 1)
      expect(scimTokenPublicId(token.slice(0, index))).toBeUndefined()
      expect(scimTokenPublicId(token.slice(0, index) + character + token.slice(index))).toBeUndefined()
      expect(scimTokenPublicId(token + character)).toBeUndefined()
      fc.pre(token[index] !== token[index + 1])
      const swapped = token.slice(0, index) + token[index + 1] + token[index] + token.slice(index + 2)
      expect(scimTokenPublicId(swapped)).toBeUndefined()
    }),
    { numRuns: 2_000 },
  ))

test('a text that is no token is none', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(scimTokenPublicId(text)).toBeUndefined()
    }),
  ))

test('invariant 33: a token is usable if and only if it is neither revoked nor expired', () =>
  fc.assert(
    fc.property(scimTokens, instants, (token, now) => {
      const isUsable = token.revokedAt === null && (token.expiresAt === null || now < token.expiresAt)
      expect(scimTokenState(token, now) === 'usable').toBe(isUsable)
    }),
    runs,
  ))

test('invariant 33: a revoked token stays revoked, and since when does not move', () =>
  fc.assert(
    fc.property(scimTokens, instants, instants, (token, first, second) => {
      const revoked = revokeScimToken(token, first)
      expect(scimTokenState(revoked, second)).toBe('revoked')
      expect(revokeScimToken(revoked, second)).toBe(revoked)
    }),
    runs,
  ))

test('rotation leaves the predecessor usable for the overlap, and never for longer than it had', () =>
  fc.assert(
    fc.property(scimTokens, fc.nat(rotationOverlapHoursMax), instants, (token, overlapHours, now) => {
      fc.pre(scimTokenState(token, now) === 'usable' && token.createdAt <= now)
      const rotation = rotateScimToken(token, overlapHours, now)
      if (!rotation.ok) throw new Error(rotation.error)
      const { predecessor, successorExpiresAt } = rotation.value
      const ends = predecessor.expiresAt ?? Number.POSITIVE_INFINITY
      expect(ends).toBe(Math.min(now + overlapHours * hourMs, token.expiresAt ?? Number.POSITIVE_INFINITY))
      expect({ ...predecessor, expiresAt: token.expiresAt }).toEqual(token)
      expect(successorExpiresAt === null).toBe(token.expiresAt === null)
      if (successorExpiresAt !== null) expect(successorExpiresAt - now).toBe((token.expiresAt ?? 0) - token.createdAt)
    }),
    { numRuns: 3_000 },
  ))

test('rotation refuses an overlap beyond its bounds, and a token that is not usable', () =>
  fc.assert(
    fc.property(scimTokens, fc.double(), instants, (token, overlapHours, now) => {
      const isUsable = scimTokenState(token, now) === 'usable'
      const isBounded = Number.isInteger(overlapHours) && overlapHours >= 0 && overlapHours <= rotationOverlapHoursMax
      expect(rotateScimToken(token, overlapHours, now).ok).toBe(isUsable && isBounded)
    }),
    runs,
  ))

test('a lifetime is a whole number of days up to the longest, 0 is never, and there is an end to the number of tokens', () =>
  fc.assert(
    fc.property(
      fc.oneof(fc.integer({ min: -5, max: scimTokenTtlDaysMax + 5 }), fc.double()),
      fc.nat(8),
      instants,
      (ttlDays, usable, now) => {
        const isAllowed = Number.isInteger(ttlDays) && ttlDays >= 0 && ttlDays <= scimTokenTtlDaysMax && usable < scimTokensUsableMax
        const expiry = scimTokenExpiry({ description: 'Okta', ttlDays }, usable, now)
        expect(expiry.ok).toBe(isAllowed)
        if (expiry.ok) expect(expiry.value).toBe(ttlDays === 0 ? null : now + ttlDays * dayMs)
      },
    ),
    runs,
  ))

test('a use is noted at most once a minute', () =>
  fc.assert(
    fc.property(instants, fc.nat(120_000), (lastUsedAt, later) => {
      expect(isUseWorthNoting({ lastUsedAt }, lastUsedAt + later)).toBe(later >= 60_000)
      expect(isUseWorthNoting({ lastUsedAt: null }, lastUsedAt)).toBe(true)
    }),
  ))
