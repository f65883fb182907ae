import {
  type ClientCryptoErrorCode,
  type GroupKey,
  type PersonPin,
  type Recipient,
  type SignedEpoch,
  type SealedGrant,
  type UnlockedKey,
  makeEpoch,
  openGroupKey,
  openGroupNote,
  sealGrants,
  sealGroupNote,
  verifyKeyLog,
} from '@latchkey/client-crypto'
import { type CanonicalField, canonicalBytes, canonicalFields, fromBase64url, toBase64url } from '@latchkey/domain'
import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { HonestGroupServer, type Person, granted, made, meaning, opened, time } from './honest-group-server.ts'

/** Each lie is refused by its name, before anything is sent, sealed or opened. */
async function refused(work: () => unknown, code: ClientCryptoErrorCode): Promise<void> {
  await expect(Promise.resolve().then(work)).rejects.toMatchObject({ name: 'ClientCryptoError', code })
}

/** Ada made the key for Grace, who has opened it once; Mallory has a key and holds nothing. */
async function keyedGroup() {
  const server = new HonestGroupServer()
  const [ada, grace, mallory] = [await server.person(), await server.person(), await server.person()]
  const key = await made(server, ada, [meaning(grace)])
  await opened(server, grace)
  return { server, ada, grace, mallory, key }
}

/** What would be sealed, and that it was not: the number of grants that came out before the refusal is 0. */
async function refusedToSeal(
  server: HonestGroupServer,
  issuer: Person,
  key: GroupKey,
  recipients: readonly Recipient[],
  code: ClientCryptoErrorCode,
): Promise<void> {
  const known = await server.known()
  const { unlocked, pins } = issuer
  let sealed = 0
  await refused(async () => {
    for await (const batch of sealGrants({ unlocked, key, recipients, known, people: pins.people })) sealed += batch.length
  }, code)
  expect(sealed).toBe(0)
  const wish = { unlocked, group: server.group, previous: key, recipients, known, people: pins.people, time }
  await refused(() => makeEpoch(wish), code)
}

async function signed(
  by: UnlockedKey,
  fields: readonly CanonicalField[],
): Promise<{ readonly statement: string; readonly signature: string }> {
  const bytes = new Uint8Array(canonicalBytes(fields))
  const signature = await crypto.subtle.sign('Ed25519', by.pairs.signing.privateKey, bytes)
  return { statement: toBase64url(bytes), signature: toBase64url(new Uint8Array(signature)) }
}

function fieldsOf({ statement }: { readonly statement: string }): readonly Uint8Array[] {
  return canonicalFields(fromBase64url(statement) ?? new Uint8Array()) ?? []
}

/** The same person in a browser that has seen nothing. */
function forgetful(person: Person): Person {
  return { ...person, pins: { group: null, people: new Map() } }
}

const ascii = (text: string) => new TextEncoder().encode(text)
const flipped = (text: string) => `${text.slice(0, -3)}${text.endsWith('AAA') ? 'BAA' : 'AAA'}`

test('an honest server is believed, through grants, new epochs, resets and former keys', async () => {
  const { server, ada, grace, mallory: lin } = await keyedGroup()
  await granted(server, grace, await opened(server, grace), [meaning(lin)])
  const key = await opened(server, lin)
  const note = await sealGroupNote(key, 'for all of us 🗝')
  expect(await openGroupNote(await opened(server, ada), note)).toBe('for all of us 🗝')
  // Lin holds the first epoch by Grace's grant alone, and makes the second. Grace, who was reset, waits until somebody looks.
  await server.reset(grace)
  await made(server, lin, [meaning(ada, 'held-before')], key)
  expect(await opened(server, ada)).toMatchObject({ epoch: { number: 2 } })
  await granted(server, ada, await opened(server, ada), [meaning(grace, 'approved-change')])
  expect((await opened(server, grace)).secret).toEqual((await opened(server, lin)).secret)
})

test('a swapped key is not sealed to: the one that the person saw is not the one that the log has', async () => {
  const { server, ada, mallory, key } = await keyedGroup()
  const other = await server.person()
  const swapped = { ...meaning(other), fingerprint: meaning(mallory).fingerprint }
  await refusedToSeal(server, ada, key, [swapped], 'swapped-public-key')
  await refusedToSeal(server, ada, key, [meaning(mallory), swapped], 'swapped-public-key')
  // What was refused as a whole is not remembered in part.
  expect(ada.pins.people.has(mallory.user)).toBe(false)
})

test('a changed key is not sealed to after the first was pinned, though the log has it, until a person approves the change', async () => {
  const { server, ada, grace, key } = await keyedGroup()
  await server.reset(grace)
  await refusedToSeal(server, ada, key, [meaning(grace)], 'changed-key')
  expect(await granted(server, ada, key, [meaning(grace, 'approved-change')])).toHaveLength(1)
  // Confirmed once, it is the key that this browser knows.
  expect(await granted(server, ada, key, [meaning(grace)])).toHaveLength(1)
})

test('a key after a reset is never granted automatically', async () => {
  const { server, ada, mallory, key } = await keyedGroup()
  expect(await granted(server, ada, key, [meaning(mallory, 'automatic')])).toHaveLength(1)
  const other = await server.person()
  await server.reset(other)
  await refusedToSeal(server, ada, key, [meaning(other, 'automatic')], 'reset-needs-approval')
})

test('an invented member is sealed nothing', async () => {
  const { server, ada, grace, mallory, key } = await keyedGroup()
  const invented = { userId: randomUUID(), fingerprint: meaning(mallory).fingerprint, because: 'approved' } as const
  await refusedToSeal(server, ada, key, [meaning(grace, 'held-before'), invented], 'invented-member')
})

test('somebody whom nobody approved is not carried over into an epoch, whatever the server says of them', async () => {
  const { server, ada, grace, mallory, key } = await keyedGroup()
  await refusedToSeal(server, ada, key, [meaning(grace, 'held-before'), meaning(mallory, 'held-before')], 'invented-member')
  // A former holder with another key is somebody whom nobody approved.
  await server.reset(grace)
  await refusedToSeal(server, ada, key, [meaning(grace, 'held-before')], 'invented-member')
})

test('a cut key log, which hides that somebody’s key changed, is refused before anybody is looked up in it', async () => {
  const { server, grace } = await keyedGroup()
  await server.reset(grace)
  const { head } = await verifyKeyLog(server.organization, server.log)
  await refused(() => verifyKeyLog(server.organization, server.log.slice(0, -1), head), 'truncated-key-log')
})

test('an older epoch is refused once a newer one was seen', async () => {
  const { server, ada, grace, key } = await keyedGroup()
  const before = server.shownTo(grace)
  await made(server, ada, [meaning(grace, 'held-before')], key)
  await opened(server, grace)
  await refused(() => opened(server, grace, before), 'replayed-epoch')
  await refused(() => opened(server, grace, { ...before, epochs: [] }), 'replayed-epoch')
})

test('another epoch of the same number, and one that does not follow from the one that was seen, are refused', async () => {
  const { server, ada, grace, key } = await keyedGroup()
  await made(server, ada, [meaning(grace)])
  const [first, parallel] = server.epochs.splice(0)
  if (!first || !parallel) throw new Error('No epochs.')
  server.epochs.push(parallel)
  await refused(() => opened(server, grace), 'forked-epoch')
  // Beginning later than what was seen hides what lies between.
  server.epochs.splice(0, 1, first)
  await made(server, ada, [meaning(grace, 'held-before')], key)
  const { epochs, grant } = server.shownTo(grace)
  await refused(() => opened(server, grace, { epochs: epochs.slice(1), grant }), 'forked-epoch')
  // One is left out, and the hashes hold together.
  server.epochs.splice(1)
  await made(server, ada, [meaning(grace, 'held-before')], { ...key, epoch: { ...key.epoch, number: 2 } })
  await refused(() => opened(server, grace), 'forked-epoch')
  // Somebody who has seen nothing is shown two epochs that are no chain.
  server.epochs[0] = parallel
  await refused(() => opened(server, forgetful(grace)), 'forked-epoch')
})

test('a group’s key is not replaced by that of another group', async () => {
  const { server, ada, key } = await keyedGroup()
  const { unlocked, pins } = ada
  const known = await server.known()
  const wish = { unlocked, previous: key, recipients: [], known, people: pins.people, time }
  await refused(() => makeEpoch({ ...wish, group: randomUUID() }), 'other-groups-key')
})

test('an epoch by somebody who did not hold the one before is refused, though their key is in the log', async () => {
  const { server, ada, grace, mallory, key } = await keyedGroup()
  // Even with the former key in their hands: what counts is that a holder gave it to them.
  await made(server, mallory, [meaning(grace), meaning(ada)], key)
  await refused(() => opened(server, grace), 'epoch-without-holder')
})

test('a roster is refused that is not the one that the maker signed', async () => {
  const { server, ada, grace, mallory } = await keyedGroup()
  const lie = (roster: SignedEpoch['roster']) => {
    const { epochs, grant } = server.shownTo(grace)
    return opened(server, grace, { epochs: epochs.map((epoch) => ({ ...epoch, roster })), grant })
  }
  const [first, second] = [meaning(ada), meaning(grace)]
  await refused(() => lie([first, second, meaning(mallory)]), 'changed-roster')
  await refused(() => lie([first]), 'changed-roster')
  await refused(() => lie([first, { ...second, fingerprint: meaning(mallory).fingerprint }]), 'changed-roster')
  await refused(() => lie([first, { ...second, userId: mallory.user }]), 'changed-roster')
  // Its order is nobody's word.
  expect(await lie([second, first])).toMatchObject({ epoch: { number: 1 } })
})

test('somebody whose key is not in the log is not taken for a holder, by a roster or by a grant', async () => {
  const { server, ada, grace, key } = await keyedGroup()
  const unlogged = await server.person()
  await granted(server, ada, key, [meaning(unlogged)])
  const byGrant = server.shownTo(grace)
  await made(server, ada, [meaning(grace, 'held-before'), meaning(unlogged)], key)
  const byRoster = server.shownTo(grace)
  expect(await opened(server, forgetful(grace), byRoster)).toMatchObject({ epoch: { number: 2 } })
  server.log.pop()
  await refused(() => opened(server, grace, byGrant), 'missing-from-key-log')
  const epochs = byRoster.epochs.map((epoch) => ({ ...epoch, grants: [] }))
  await refused(() => opened(server, grace, { ...byRoster, epochs }), 'missing-from-key-log')
})

test('a maker and an issuer whose key is not in the log are refused', async () => {
  const { server, grace, mallory } = await keyedGroup()
  const unlogged = await server.person()
  server.log.pop()
  const shown = server.shownTo(grace)
  const [epoch] = shown.epochs
  if (!epoch) throw new Error('No epoch.')
  const [fields, grant] = [fieldsOf(epoch), fieldsOf(shown.grant)]
  const fingerprint = unlogged.unlocked.statement.fingerprint
  const byUnlogged = await signed(unlogged.unlocked, fields.with(8, ascii(unlogged.user)).with(9, fingerprint))
  await refused(() => opened(server, grace, { ...shown, epochs: [{ ...epoch, ...byUnlogged }] }), 'missing-from-key-log')
  const grantByUnlogged = await signed(unlogged.unlocked, grant.with(8, ascii(unlogged.user)).with(9, fingerprint))
  await refused(() => opened(server, grace, { ...shown, grant: { ...shown.grant, ...grantByUnlogged } }), 'missing-from-key-log')
  // One person's key in the name of another is no key of theirs.
  const inTheNameOf = await signed(mallory.unlocked, grant.with(9, mallory.unlocked.statement.fingerprint))
  await refused(() => opened(server, grace, { ...shown, grant: { ...shown.grant, ...inTheNameOf } }), 'missing-from-key-log')
})

test('an epoch that its maker did not sign as it is, is refused', async () => {
  const { server, ada, grace } = await keyedGroup()
  const { epochs, grant } = server.shownTo(grace)
  const [epoch] = epochs
  if (!epoch) throw new Error('No epoch.')
  const lie = (changed: Partial<SignedEpoch>) => opened(server, grace, { epochs: [{ ...epoch, ...changed }], grant })
  const fields = fieldsOf(epoch)
  await refused(() => lie({ signature: flipped(epoch.signature) }), 'altered-epoch')
  const changed = canonicalBytes(fields.with(10, ascii('2026-11-25T03:00:00.000Z')))
  await refused(() => lie({ statement: toBase64url(changed) }), 'altered-epoch')
  await refused(async () => lie(await signed(ada.unlocked, fields.with(0, ascii('latchkey-2')))), 'unknown-suite')
  const inexact = [
    fields.slice(0, 5),
    [...fields, 'more'],
    fields.with(1, ascii('group-key-grant')),
    fields.with(4, ascii('01')),
    fields.with(4, ascii('2')),
    fields.with(5, new Uint8Array(32)),
    fields.with(4, ascii('0')).with(5, new Uint8Array(32)),
    fields.with(4, ascii('1.5')).with(5, new Uint8Array(32)),
  ]
  for (const statement of inexact) await refused(async () => lie(await signed(ada.unlocked, statement)), 'altered-epoch')
})

test('a grant that its issuer did not sign as it is, is refused', async () => {
  const { server, ada, grace } = await keyedGroup()
  const shown = server.shownTo(grace)
  const lie = (changed: Partial<SealedGrant>) => opened(server, grace, { ...shown, grant: { ...shown.grant, ...changed } })
  const fields = fieldsOf(shown.grant)
  await refused(() => lie({ signature: flipped(shown.grant.signature) }), 'altered-grant')
  await refused(() => lie({ sealed: flipped(shown.grant.sealed) }), 'altered-grant')
  await refused(() => lie({ sealed: server.shownTo(ada).grant.sealed }), 'altered-grant')
  await refused(() => lie({ statement: flipped(shown.grant.statement) }), 'altered-grant')
  await refused(() => lie({ statement: toBase64url(canonicalBytes(fields.with(10, ascii('automatic')))) }), 'altered-grant')
  await refused(async () => lie(await signed(ada.unlocked, fields.with(0, ascii('latchkey-2')))), 'unknown-suite')
  // What is written of a value that is not there is no approval either.
  for (const statement of [fields.slice(0, 9), [...fields, 'more'], fields.with(4, ascii('01')), fields.with(10, ascii('undefined'))])
    await refused(async () => lie(await signed(ada.unlocked, statement)), 'altered-grant')
})

test('a grant of another epoch is refused, and a note of another epoch too', async () => {
  const { server, ada, grace, key } = await keyedGroup()
  const former = server.shownTo(grace).grant
  const note = await sealGroupNote(key, 'before')
  const next = await made(server, ada, [meaning(grace, 'held-before')], key)
  await refused(() => opened(server, grace, { ...server.shownTo(grace), grant: former }), 'wrong-epoch')
  await refused(() => openGroupNote(next, note), 'wrong-epoch')
  await refused(() => openGroupNote(next, { ...note, epoch: 2 }), 'damaged-envelope')
})

test('a grant of another epoch of the same number is refused', async () => {
  const { server, ada, grace } = await keyedGroup()
  await made(server, ada, [meaning(grace)])
  const grant = server.epochs[1]?.grants[1]
  if (!grant) throw new Error('No grant.')
  await refused(() => opened(server, grace, { epochs: server.shownEpochs(1).slice(0, 1), grant }), 'wrong-epoch')
})

test('a key of another group or of another organisation is refused', async () => {
  const { server, ada, grace } = await keyedGroup()
  const other = new HonestGroupServer(server)
  await made(other, ada, [meaning(grace)])
  const newcomer = forgetful(grace)
  const [shown, ofOther] = [server.shownTo(newcomer), other.shownTo(newcomer)]
  await refused(() => opened(server, newcomer, ofOther), 'other-groups-key')
  await refused(() => opened(server, newcomer, { ...shown, grant: ofOther.grant }), 'other-groups-key')
  const ofOrganization = await signed(ada.unlocked, fieldsOf(shown.grant).with(2, ascii(randomUUID())))
  await refused(() => opened(server, newcomer, { ...shown, grant: { ...shown.grant, ...ofOrganization } }), 'other-groups-key')
  const { unlocked, pins } = await new HonestGroupServer().person()
  const known = await server.known()
  await refused(() => openGroupKey({ unlocked, group: server.group, shown, known, pins }), 'other-groups-key')
})

test('a grant to somebody else, and one to a former key of the person, are refused', async () => {
  const { server, ada, grace } = await keyedGroup()
  await refused(async () => opened(server, grace, { ...server.shownTo(grace), grant: server.shownTo(ada).grant }), 'other-users-grant')
  await server.reset(grace)
  await refused(() => opened(server, grace), 'replayed-grant')
})

test('a grant by somebody who did not hold the epoch is refused, to the person and to others', async () => {
  const { server, ada, grace, mallory, key } = await keyedGroup()
  const shown = server.shownTo(grace)
  // Even with the key in their hands: nobody gave it to them.
  const [toGrace] = await granted(server, mallory, key, [meaning(grace)])
  if (!toGrace) throw new Error('No grant.')
  await refused(() => opened(server, grace, { ...shown, grant: toGrace }), 'grant-without-holder')
  // Two who vouch for each other are vouched for by nobody.
  const friend = await server.person()
  await granted(server, mallory, key, [meaning(friend)])
  await granted(server, friend, key, [meaning(mallory)])
  await refused(() => opened(server, ada), 'grant-without-holder')
})

test('what is granted is the key of the epoch, or it is refused', async () => {
  const { server, grace, mallory, key } = await keyedGroup()
  const another = { ...key, secret: new Uint8Array(randomBytes(32)) }
  await granted(server, grace, another, [meaning(mallory)])
  await refused(() => opened(server, mallory), 'wrong-group-key')
})

test('a sealed key that somebody else signs as their own does not open', async () => {
  const { server, grace } = await keyedGroup()
  const shown = server.shownTo(grace)
  const fields = fieldsOf(shown.grant)
  const copied = await signed(grace.unlocked, fields.with(8, ascii(grace.user)).with(9, grace.unlocked.statement.fingerprint))
  await refused(() => opened(server, grace, { ...shown, grant: { ...shown.grant, ...copied } }), 'damaged-envelope')
})

test('an issuer with another key than the one that was pinned is refused, though the log has it', async () => {
  const { server, ada, grace, mallory: lin, key } = await keyedGroup()
  await server.reset(grace)
  await granted(server, ada, key, [meaning(grace, 'approved-change')])
  await granted(server, grace, await opened(server, grace), [meaning(lin)])
  for (const keyVersion of [1, 2])
    await refused(() => opened(server, knowing(lin, grace, { keyVersion, fingerprint: 'ab'.repeat(32) })), 'changed-key')
  expect(await opened(server, lin)).toMatchObject({ epoch: { number: 1 } })
})

test('a maker with another key than the one that was pinned is refused, whoever granted the epoch', async () => {
  const { server, ada, grace, mallory: lin, key } = await keyedGroup()
  await server.reset(grace)
  await granted(server, ada, key, [meaning(grace, 'approved-change'), meaning(lin)])
  const lost = knowing(lin, grace, { keyVersion: 1, fingerprint: 'ab'.repeat(32) })
  const next = await made(server, grace, [meaning(ada, 'held-before'), meaning(lin, 'held-before')], await opened(server, grace))
  server.epochs[1]?.grants.pop()
  await opened(server, ada)
  await granted(server, ada, next, [meaning(lin, 'held-before')])
  await refused(() => opened(server, lost), 'changed-key')
  expect(await opened(server, lin)).toMatchObject({ epoch: { number: 2 } })
})

test('what somebody signed with a former key, while it was theirs, stands', async () => {
  const { server, ada, grace } = await keyedGroup()
  const shown = server.shownTo(grace)
  await server.reset(ada)
  const knowsNew = knowing(grace, ada, { keyVersion: 2, fingerprint: meaning(ada).fingerprint })
  expect(await opened(server, knowsNew, shown)).toMatchObject({ epoch: { number: 1 } })
  expect(knowsNew.pins.people.get(ada.user)?.keyVersion).toBe(2)
})

/** The same person in a browser that knows one key, and no group. */
function knowing(person: Person, whose: Person, pin: PersonPin): Person {
  return { ...person, pins: { group: null, people: new Map([[whose.user, pin]]) } }
}
