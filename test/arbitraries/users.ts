import fc from 'fast-check'
import {
  type ConnectionId,
  type Fingerprint,
  type Instant,
  type KeyRegistration,
  type User,
  cancelReset,
  changeByProvisioning,
  deactivate,
  hourMs,
  letResetTakeEffect,
  noKeyYet,
  provision,
  reactivate,
  registerEncryptionKey,
  registrationSessionAgeMaxMs,
  remove,
  requestReset,
  restore,
  rewrap,
  signIn,
  unlink,
} from '@latchkey/domain'
import { connectionIds, userIds } from './ids.ts'
import { loginNames, names } from './names.ts'

/** Something that happens to a user, asked for by whoever owns the axis. */
export type UserEvent =
  | {
      readonly axis: 'directory'
      readonly kind: 'change'
      readonly userName: string
      readonly externalId: string | null
      readonly active: boolean
    }
  | { readonly axis: 'directory'; readonly kind: 'deactivate' | 'reactivate' | 'remove' | 'restore' }
  | {
      readonly axis: 'identity-link'
      readonly kind: 'sign-in'
      readonly assertion: Parameters<typeof signIn>[1]
    }
  | { readonly axis: 'identity-link'; readonly kind: 'unlink' }
  | {
      readonly axis: 'encryption-key'
      readonly kind: 'register'
      readonly registration: Omit<KeyRegistration, 'version'>
      readonly via: 'sso' | 'owner-link'
    }
  | { readonly axis: 'encryption-key'; readonly kind: 'rewrap'; readonly envelope: string }
  | { readonly axis: 'encryption-key'; readonly kind: 'request-reset' | 'cancel-reset' | 'let-reset-take-effect' }

/** A user with what the rules need to know beside them. */
export interface UserStory {
  readonly user: User
  readonly now: Instant
  readonly deletedAt: Instant
  readonly retired: ReadonlySet<Fingerprint>
}

const externalIds = fc.option(fc.constantFrom('ext-1', 'EXT-1', '00u1', 'ä'))
const userNames = fc.oneof(loginNames, names)

/** Those that can be asked of anybody; whether they succeed is up to the rules. */
export const provisioningEvents: fc.Arbitrary<UserEvent> = fc.oneof(
  fc.record({
    axis: fc.constant('directory'),
    kind: fc.constant('change'),
    userName: userNames,
    externalId: externalIds,
    active: fc.boolean(),
  }),
  fc.record({ axis: fc.constant('directory'), kind: fc.constantFrom('deactivate', 'reactivate', 'remove', 'restore') }),
)

export const linkEvents: fc.Arbitrary<UserEvent> = fc.oneof(
  fc.record({
    axis: fc.constant('identity-link'),
    kind: fc.constant('sign-in'),
    assertion: fc.record({
      connectionId: fc.constantFrom(...fc.sample(connectionIds, { numRuns: 2, seed: 1 })),
      subject: fc.constantFrom('subject-1', 'subject-2'),
      claimMatches: mostly(true),
      fromOwnSession: fc.boolean(),
    }),
  }),
  fc.constant<UserEvent>({ axis: 'identity-link', kind: 'unlink' }),
)

const hexadecimal = fc.stringMatching(/^[0-9a-f]{64}$/)

export const keyEvents: fc.Arbitrary<UserEvent> = fc.oneof(
  fc.record({
    axis: fc.constant('encryption-key'),
    kind: fc.constant('register'),
    registration: fc.record({
      publicKeys: fc.record({ encryption: fc.base64String({ maxLength: 8 }), signing: fc.base64String({ maxLength: 8 }) }),
      fingerprint: fc.oneof(fc.constantFrom('a'.repeat(64), 'b'.repeat(64)), hexadecimal),
      envelope: fc.string({ maxLength: 8 }),
      sessionAgeMs: fc.oneof({ weight: 9, arbitrary: fc.nat(registrationSessionAgeMaxMs) }, { weight: 1, arbitrary: fc.integer() }),
      nonceIsOurs: mostly(true),
      proofHolds: mostly(true),
    }),
    via: fc.constantFrom('sso', 'owner-link'),
  }),
  fc.record({ axis: fc.constant('encryption-key'), kind: fc.constant('rewrap'), envelope: fc.string({ maxLength: 8 }) }),
  fc.record({ axis: fc.constant('encryption-key'), kind: fc.constantFrom('request-reset', 'cancel-reset', 'let-reset-take-effect') }),
)

export const userEvents: fc.Arbitrary<UserEvent> = fc.oneof(provisioningEvents, linkEvents, keyEvents)

/** What becomes of a user. A refused event leaves everything as it was; each takes an hour, so that resets have their day. */
export function happen(story: UserStory, event: UserEvent): UserStory {
  const now = story.now + hourMs
  const user = afterEvent({ ...story, now }, event)
  const key = story.user.encryptionKey
  const isRetired = key.state === 'registered' && user.encryptionKey.state === 'none'
  return {
    user,
    now,
    deletedAt: user.directory === 'deleted' && story.user.directory !== 'deleted' ? now : story.deletedAt,
    retired: isRetired ? new Set([...story.retired, key.fingerprint]) : story.retired,
  }
}

function afterEvent({ user, now, deletedAt, retired }: UserStory, event: UserEvent): User {
  const key = user.encryptionKey
  switch (event.kind) {
    case 'change':
      return valueOr(user, changeByProvisioning(user, event))
    case 'deactivate':
      return valueOr(user, deactivate(user))
    case 'reactivate':
      return valueOr(user, reactivate(user))
    case 'remove':
      return valueOr(user, remove(user))
    case 'restore':
      return valueOr(user, restore(user, deletedAt, now))
    case 'sign-in':
      return valueOr(user, signIn(user, event.assertion))
    case 'unlink':
      return user.directory === 'deleted' ? user : unlink(user)
    case 'register': {
      const version = key.state === 'none' ? key.lastVersion + 1 : key.version + 1
      return valueOr(user, registerEncryptionKey(user, { ...event.registration, version, via: event.via }, now, retired))
    }
    case 'rewrap':
      return withKey(user, rewrap(key, key.state === 'registered' ? key.protectedPrivateKeys.version : 0, event.envelope))
    case 'request-reset':
      return withKey(user, requestReset(key, now, 2 * hourMs))
    case 'cancel-reset':
      return withKey(user, { ok: true, value: cancelReset(key) })
    case 'let-reset-take-effect':
      return letResetTakeEffect(user, now)
  }
}

/** As a use case does: the key axis of a deleted user is out of reach. */
function withKey(user: User, key: { readonly ok: true; readonly value: User['encryptionKey'] } | { readonly ok: false }): User {
  return key.ok && user.directory !== 'deleted' ? { ...user, encryptionKey: key.value } : user
}

function valueOr<Value>(value: Value, result: { readonly ok: true; readonly value: Value } | { readonly ok: false }): Value {
  return result.ok ? result.value : value
}

const began = Date.UTC(2026, 0, 5, 9)

function begin(user: User): UserStory {
  return { user, now: began, deletedAt: began, retired: new Set() }
}

/** As an identity provider makes them. */
export const newUsers: fc.Arbitrary<User> = fc
  .record({ id: userIds, userName: userNames, externalId: externalIds, active: mostly(true) })
  .map(provision)

/** As an administrator makes them: an owner, or a member that no provider manages. */
export const localUsers: fc.Arbitrary<User> = fc.record({
  id: userIds,
  userName: userNames,
  externalId: fc.constant(null),
  managedBy: fc.constant('local'),
  role: fc.constantFrom('owner', 'admin', null),
  directory: fc.constant('enabled'),
  identityLink: fc.constant(null),
  encryptionKey: fc.constant(noKeyYet),
  setUpMailQueued: fc.constant(false),
})

/** A user at any point of any life that the rules allow. */
export const userStories: fc.Arbitrary<UserStory> = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: newUsers }, { weight: 1, arbitrary: localUsers }), fc.array(userEvents, { maxLength: 12 }))
  .map(([user, events]) => events.reduce(happen, begin(user)))

/** Someone who has come all the way: provisioned, signed in, with a key. */
export const establishedUsers: fc.Arbitrary<UserStory> = fc
  .tuple(newUsers, connectionIds, keyEvents, fc.array(keyEvents, { maxLength: 6 }))
  .filter(([, , first]) => first.kind === 'register')
  .map(([user, connectionId, first, more]) => {
    const linked = happen(begin({ ...user, directory: 'enabled' }), signInAs(connectionId))
    return [first.kind === 'register' ? withoutFaults(first) : first, ...more].reduce(happen, linked)
  })

function signInAs(connectionId: ConnectionId): UserEvent {
  const assertion = { connectionId, subject: 'subject-1', claimMatches: true, fromOwnSession: false }
  return { axis: 'identity-link', kind: 'sign-in', assertion }
}

function withoutFaults(event: Extract<UserEvent, { kind: 'register' }>): UserEvent {
  return { ...event, via: 'sso', registration: { ...event.registration, sessionAgeMs: 0, nonceIsOurs: true, proofHolds: true } }
}

export const users: fc.Arbitrary<User> = fc.oneof(userStories, establishedUsers).map(({ user }) => user)

function mostly(value: boolean): fc.Arbitrary<boolean> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.constant(!value) })
}
