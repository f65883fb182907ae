import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EncryptionKey, cancelReset, requestReset, rewrap } from '@latchkey/domain'
import { type UserStory, establishedUsers, happen, keyEvents, userEvents } from '../arbitraries/users.ts'

const runs = { numRuns: 1_000 }

test('invariant 19: key versions only grow, and a retired fingerprint is never current again', () =>
  fc.assert(
    fc.property(establishedUsers, fc.array(userEvents, { maxLength: 20 }), (story, events) => {
      let before = story
      for (const event of events) {
        const after = happen(before, event)
        expect(versionOf(after)).toBeGreaterThanOrEqual(versionOf(before))
        expect(after.retired.has(fingerprintOf(after))).toBe(false)
        before = after
      }
    }),
    runs,
  ))

test('invariant 23: another password keeps the key pair and its fingerprint', () =>
  fc.assert(
    fc.property(establishedUsers, fc.string(), ({ user: { encryptionKey: key } }, envelope) => {
      fc.pre(key.state === 'registered')
      if (key.state !== 'registered') return
      const version = key.protectedPrivateKeys.version
      expect(rewrap(key, version, envelope)).toEqual({
        ok: true,
        value: { ...key, protectedPrivateKeys: { version: version + 1, envelope } },
      })
      // Two changes at once: the one that comes second was made for an envelope that is gone.
      expect(rewrap(key, version - 1, envelope)).toEqual({ ok: false, error: 'envelope-moved' })
    }),
    runs,
  ))

test('invariant 23: a reset that is requested and cancelled changes nothing', () =>
  fc.assert(
    fc.property(establishedUsers, ({ user: { encryptionKey: key }, now }) => {
      fc.pre(key.state === 'registered' && key.resetRequest === null)
      const requested = requestReset(key, now)
      expect(requested.ok && cancelReset(requested.value)).toEqual(key)
    }),
    runs,
  ))

test('invariant 23: a reset takes effect when its time has come, and only then', () =>
  fc.assert(
    fc.property(establishedUsers, fc.array(keyEvents, { maxLength: 6 }), (story, events) => {
      let before: UserStory = story
      for (const event of events) {
        const after = happen(before, event)
        const key = before.user.encryptionKey
        const isDue = key.state === 'registered' && key.resetRequest !== null && key.resetRequest.effectiveAt <= after.now
        const isGone = key.state === 'registered' && after.user.encryptionKey.state === 'none'
        expect(isGone).toBe(isDue && event.kind === 'let-reset-take-effect')
        if (isGone) expect(after.user.encryptionKey).toEqual({ state: 'none', lastVersion: key.version })
        before = after
      }
    }),
    runs,
  ))

function versionOf({ user: { encryptionKey: key } }: UserStory): number {
  return key.state === 'none' ? key.lastVersion : key.version
}

function fingerprintOf({ user: { encryptionKey: key } }: { readonly user: { readonly encryptionKey: EncryptionKey } }): string {
  return key.state === 'none' ? '' : key.fingerprint
}
