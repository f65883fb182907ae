import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type User,
  changeByProvisioning,
  dayMs,
  deactivate,
  isOwner,
  isScimActive,
  provision,
  reactivate,
  registerEncryptionKey,
  remove,
  restore,
  retentionMs,
  setUpMailIsDue,
  signIn,
  unlink,
  userStatus,
} from '@latchkey/domain'
import { userIds } from '../arbitraries/ids.ts'
import { names } from '../arbitraries/names.ts'
import {
  type UserEvent,
  type UserStory,
  establishedUsers,
  happen,
  keyEvents,
  linkEvents,
  newUsers,
  provisioningEvents,
  userEvents,
  userStories,
} from '../arbitraries/users.ts'

const runs = { numRuns: 1_000 }
const stories = fc.oneof(userStories, establishedUsers)

/** The axes that an event may not write, by the axis that it may. */
const fixed = {
  directory: ({ identityLink, encryptionKey, role, id }: User) => ({ identityLink, encryptionKey, role, id }),
  'identity-link': ({ identityLink: _moves, ...rest }: User) => rest,
  'encryption-key': ({ encryptionKey: _moves, ...rest }: User) => rest,
} as const

test('invariants 1, 2 and 12: an event writes its own axis, and neither another one nor the id', () =>
  fc.assert(
    fc.property(stories, userEvents, (story, event) => {
      expect(fixed[event.axis](happen(story, event).user)).toEqual(fixed[event.axis](story.user))
    }),
    runs,
  ))

test('invariant 1: SCIM `active` is the directory, whatever became of link and key', () =>
  fc.assert(
    fc.property(stories, fc.oneof(linkEvents, keyEvents), (story, event) => {
      const after = happen(story, event).user
      expect(isScimActive(after)).toBe(isScimActive(story.user))
      expect(isScimActive(after)).toBe(after.directory === 'enabled')
    }),
    runs,
  ))

test('a status is what the directory says, and of the enabled what the key says', () =>
  fc.assert(
    fc.property(stories, ({ user }) => {
      const { directory, encryptionKey } = user
      const expected = directory !== 'enabled' ? directory : encryptionKey.state === 'registered' ? 'active' : 'pending-encryption-key'
      expect(userStatus(user)).toBe(expected)
    }),
    runs,
  ))

test('invariant 4: what a provisioning client says twice it said once', () =>
  fc.assert(
    fc.property(stories, names, fc.option(fc.string()), fc.boolean(), ({ user }, userName, externalId, active) => {
      const once = changeByProvisioning(user, { userName, externalId, active })
      if (!once.ok) return
      const twice = changeByProvisioning(once.value, { userName, externalId, active })
      expect(twice.ok && twice.value).toBe(once.value)
    }),
    runs,
  ))

test('invariant 9: no sign-in and no key event enables a deactivated or deleted user', () =>
  fc.assert(
    fc.property(stories, fc.array(fc.oneof(linkEvents, keyEvents), { maxLength: 8 }), (story, events) => {
      fc.pre(story.user.directory !== 'enabled')
      expect(events.reduce(happen, story).user.directory).toBe(story.user.directory)
    }),
    runs,
  ))

test('invariant 11: creating, joining, signing in and setting up a key end in the same state in any legal order', () => {
  const steps = fc
    .tuple(newUsers, linkEvents, keyEvents, provisioningEvents)
    .filter(
      ([, link, key, change]) =>
        link.kind === 'sign-in' && link.assertion.claimMatches && isRegistration(key) && change.kind === 'change' && change.active,
    )
  return fc.assert(
    fc.property(steps, ([created, link, key, change]) => {
      const begun: UserStory = { user: { ...created, directory: 'enabled' }, now: 0, deletedAt: 0, retired: new Set() }
      // A key needs a session, so a link comes before it; the provider's change comes whenever it comes.
      const orders = [
        [link, key, change],
        [link, change, key],
        [change, link, key],
      ]
      const ends = orders.map((events) => timeless(events.reduce(happen, begun).user))
      expect(ends[1]).toEqual(ends[0])
      expect(ends[2]).toEqual(ends[0])
      expect(ends[0]).toMatchObject({ directory: 'enabled', encryptionKey: { state: 'registered' } })
    }),
    runs,
  )
})

test('invariant 12: renaming commutes with every event of link and key', () =>
  fc.assert(
    fc.property(stories, names, fc.oneof(linkEvents, keyEvents), (story, userName, event) => {
      const rename = (before: UserStory) => ({ ...happen(before, renaming(before.user, userName)), now: before.now })
      expect(happen(rename(story), event).user).toEqual(rename(happen(story, event)).user)
    }),
    runs,
  ))

test('invariant 13: deactivating and reactivating restores every axis', () =>
  fc.assert(
    fc.property(stories, ({ user }) => {
      fc.pre(user.directory === 'enabled' && !isOwner(user))
      const left = deactivate(user)
      const back = left.ok ? reactivate(left.value) : left
      expect(back).toEqual({ ok: true, value: user })
    }),
    runs,
  ))

test("invariant 14: a deleted user accepts no event but an owner's restore", () =>
  fc.assert(
    fc.property(stories, fc.array(userEvents, { maxLength: 8 }), (story, events) => {
      const removed = remove(story.user)
      fc.pre(removed.ok)
      const deleted: UserStory = { ...story, user: removed.ok ? removed.value : story.user, deletedAt: story.now }
      const others = events.filter(({ kind }) => kind !== 'restore')
      expect(others.reduce(happen, deleted).user).toBe(deleted.user)
    }),
    runs,
  ))

test('invariant 14: a restore brings back the same person, deactivated, until the retention period is over', () =>
  fc.assert(
    fc.property(stories, fc.integer({ min: 0, max: retentionMs + dayMs }), ({ user, now }, later) => {
      const removed = remove(user)
      fc.pre(removed.ok)
      if (!removed.ok) return
      const restored = restore(removed.value, now, now + later)
      expect(restored).toEqual(
        later < retentionMs ? { ok: true, value: { ...user, directory: 'deactivated' } } : { ok: false, error: 'retention-over' },
      )
    }),
    runs,
  ))

test('invariants 3 and 14: whoever is created again under the same names shares nothing with who was deleted', () =>
  fc.assert(
    fc.property(stories, userIds, ({ user }, id) => {
      fc.pre(id !== user.id)
      const again = provision({ id, userName: user.userName, externalId: user.externalId, active: true })
      expect(again).toMatchObject({ id, identityLink: null, role: null, encryptionKey: { state: 'none', lastVersion: 0 } })
      expect(userStatus(again)).toBe('pending-encryption-key')
    }),
    runs,
  ))

test('invariant 15: deactivated while pending stays pending underneath, and a sign-in meanwhile leaves nothing', () =>
  fc.assert(
    fc.property(newUsers, fc.array(fc.oneof(linkEvents, keyEvents), { maxLength: 8 }), (created, events) => {
      const gone: UserStory = { user: { ...created, directory: 'deactivated' }, now: 0, deletedAt: 0, retired: new Set() }
      const after = events.reduce(happen, gone).user
      expect(after).toEqual(gone.user)
      const back = reactivate(after)
      expect(back.ok && userStatus(back.value)).toBe('pending-encryption-key')
    }),
    runs,
  ))

test('owners are out of the reach of provisioning', () =>
  fc.assert(
    fc.property(stories, fc.array(provisioningEvents, { maxLength: 8 }), (story, events) => {
      fc.pre(isOwner(story.user))
      const asked = events.filter(({ kind }) => kind === 'change' || kind === 'deactivate' || kind === 'remove')
      expect(asked.reduce(happen, story).user).toBe(story.user)
    }),
    runs,
  ))

test('an identity link, once made, is of one person only', () =>
  fc.assert(
    fc.property(stories, linkEvents, (story, event) => {
      fc.pre(story.user.identityLink !== null && event.kind === 'sign-in')
      expect(happen(story, event).user).toBe(story.user)
    }),
    runs,
  ))

test('invariant 18: nothing but a registration moves the key to registered', () =>
  fc.assert(
    fc.property(stories, userEvents, (story, event) => {
      fc.pre(story.user.encryptionKey.state === 'none' && event.kind !== 'register')
      expect(happen(story, event).user.encryptionKey).toBe(story.user.encryptionKey)
    }),
    runs,
  ))

test('a key is registered only by an enabled person with a session of their own', () =>
  fc.assert(
    fc.property(stories, keyEvents, (story, event) => {
      fc.pre(event.kind === 'register' && story.user.encryptionKey.state === 'none')
      const { user } = happen(story, event)
      if (user === story.user || event.kind !== 'register') return
      expect(user.directory).toBe('enabled')
      expect(event.registration).toMatchObject({ nonceIsOurs: true, proofHolds: true })
      expect(event.via === 'sso' ? user.identityLink !== null : isOwner(user)).toBe(true)
    }),
    runs,
  ))

test('invariant 20: of two registrations made for one version the second is refused', () =>
  fc.assert(
    fc.property(establishedUsers, keyEvents, ({ user, now, retired }, event) => {
      const key = user.encryptionKey
      fc.pre(event.kind === 'register' && key.state === 'registered')
      if (event.kind !== 'register' || key.state !== 'registered') return
      const second = registerEncryptionKey(user, { ...event.registration, version: key.version, via: event.via }, now, retired)
      expect(second).toMatchObject({ ok: false })
    }),
    runs,
  ))

test('over a whole life, one set-up mail is due at most', () =>
  fc.assert(
    fc.property(newUsers, fc.array(userEvents, { maxLength: 20 }), (created, events) => {
      let mails = setUpMailIsDue(null, created) ? 1 : 0
      let story: UserStory = { user: { ...created, setUpMailQueued: mails > 0 }, now: 0, deletedAt: 0, retired: new Set() }
      for (const event of events) {
        const next = happen(story, event)
        const due = setUpMailIsDue(story.user, next.user)
        if (due) mails += 1
        story = due ? { ...next, user: { ...next.user, setUpMailQueued: true } } : next
      }
      expect(mails).toBeLessThanOrEqual(1)
    }),
    runs,
  ))

test('unlinking leaves the key, and the next sign-in links anew', () =>
  fc.assert(
    fc.property(establishedUsers, linkEvents, ({ user }, event) => {
      fc.pre(event.kind === 'sign-in' && event.assertion.claimMatches && user.directory === 'enabled')
      const alone = unlink(user)
      expect(alone).toEqual({ ...user, identityLink: null })
      if (event.kind !== 'sign-in') return
      const { connectionId, subject } = event.assertion
      expect(signIn(alone, event.assertion)).toEqual({ ok: true, value: { ...user, identityLink: { connectionId, subject } } })
    }),
    runs,
  ))

function renaming({ externalId, directory }: User, userName: string): UserEvent {
  return { axis: 'directory', kind: 'change', userName, externalId, active: directory === 'enabled' }
}

function isRegistration(event: UserEvent): boolean {
  if (event.kind !== 'register' || event.via !== 'sso') return false
  const { sessionAgeMs, nonceIsOurs, proofHolds } = event.registration
  return sessionAgeMs >= 0 && sessionAgeMs <= 300_000 && nonceIsOurs && proofHolds
}

/** A user without the times at which things happened: those follow the order, and nothing else may. */
function timeless(user: User): User {
  const key = user.encryptionKey
  if (key.state === 'none') return user
  const resetRequest = key.resetRequest && { requestedAt: 0, effectiveAt: 0 }
  return { ...user, encryptionKey: { ...key, registeredAt: 0, resetRequest } }
}
