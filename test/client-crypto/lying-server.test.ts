import {
  type ClientCryptoErrorCode,
  attemptWithPassword,
  attemptWithRecoveryKit,
  checkLogged,
  confirmRegistration,
  createEncryptionKey,
  newMasterPassword,
  unlock,
  verifyKeyLog,
  verifyStatement,
} from '@latchkey/client-crypto'
import { canonicalBytes, suite } from '@latchkey/domain'
import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { HonestServer, attempted, password, quickly, registered, unlocked } from './honest-server.ts'

/** Each lie is refused by its name, before anything is sent, wrapped or opened. */
async function refused(work: () => unknown, code: ClientCryptoErrorCode): Promise<void> {
  await expect(Promise.resolve().then(work)).rejects.toMatchObject({ name: 'ClientCryptoError', code })
}

async function released() {
  const person = await registered()
  const { attempt, released: answer } = await attempted(person.server)
  if (!answer) throw new Error('The server refused the proof.')
  return { ...person, attempt, answer, identity: person.server.identity }
}

const flipped = (text: string) => `${text.slice(0, -2)}${text.endsWith('AA') ? 'BA' : 'AA'}`

test('a weaker derivation than this client’s is refused before anything is derived', async () => {
  const { server } = await registered()
  let derived = 0
  const deriveRoot = async (...all: Parameters<typeof quickly>) => {
    derived += 1
    return quickly(...all)
  }
  for (const profile of ['argon2id-1m-1-1', 'pbkdf2', '', 'toString']) {
    await refused(
      () => attemptWithPassword({ parameters: { ...server.parameters(), profile }, masterPassword: password, deriveRoot }),
      'weak-profile',
    )
  }
  for (const salt of ['', 'AAAA', 'A'.repeat(22)]) {
    await refused(
      () => attemptWithPassword({ parameters: { ...server.parameters(), salt }, masterPassword: password, deriveRoot }),
      'weak-salt',
    )
  }
  expect(derived).toBe(0)
})

test('a salt that is not that of the keys is refused', async () => {
  const { server, attempt, answer, identity, pin } = await released()
  const other = await registered()
  await refused(() => unlock({ ...attempt, salt: other.server.parameters().salt }, answer, identity, pin), 'swapped-salt')
  // Derived with a salt of the server's choice, the proof is nobody's, and the server gains nothing to try passwords against.
  expect((await attempted(server, password, other.server.parameters())).released).toBeNull()
})

test('another person’s keys are refused', async () => {
  const { attempt, identity, pin } = await released()
  const other = await released()
  await refused(() => unlock(attempt, other.answer, identity, pin), 'other-users-envelope')
  await refused(() => unlock(attempt, other.answer, identity, null), 'other-users-envelope')
  const mine = await released()
  await refused(
    () => unlock(mine.attempt, { ...mine.answer, protectedKeys: other.answer.protectedKeys }, mine.identity, mine.pin),
    'swapped-salt',
  )
  const salted = { ...other.answer.protectedKeys, salt: mine.answer.protectedKeys.salt }
  await refused(() => unlock(mine.attempt, { ...mine.answer, protectedKeys: salted }, mine.identity, mine.pin), 'forged-envelope')
})

test('a swapped public key is refused by whoever has seen the right one', async () => {
  const { server, attempt, identity, pin } = await released()
  const again = await createEncryptionKey({
    challenge: { ...server.challenge(), version: 1, previousStatement: null },
    masterPassword: password,
    deriveRoot: quickly,
  })
  await refused(() => unlock(attempt, again.registration, identity, pin), 'swapped-public-key')
})

test('an altered statement is refused', async () => {
  const { attempt, answer, identity, pin } = await released()
  await refused(
    () => unlock(attempt, { ...answer, statementSignature: flipped(answer.statementSignature) }, identity, pin),
    'altered-statement',
  )
  const bytes = Buffer.from(answer.statement, 'base64url')
  for (const index of [10, 40, 90, 120, 160, bytes.length - 1]) {
    const changed = Buffer.from(bytes)
    changed[index]! ^= 1
    await refused(
      async () => verifyStatement({ ...answer, statement: changed.toString('base64url') }),
      index === 10 ? 'unknown-suite' : 'altered-statement',
    )
  }
})

test('a statement that is short of fields, has more than it should or writes one in another way is refused, though its own key signed it', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const signing = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const whole = ['organization', 'user', '1', new Uint8Array(32), signing, new Uint8Array(), '2026-11-23T21:00:00.000Z']
  const stated = (fields: readonly (string | Uint8Array)[]) => {
    const bytes = canonicalBytes([suite, 'key-statement', ...fields])
    const statementSignature = sign(null, bytes, privateKey).toString('base64url')
    return { statement: Buffer.from(bytes).toString('base64url'), statementSignature, previousSignature: null }
  }
  expect((await verifyStatement(stated(whole))).version).toBe(1)
  for (const fields of [whole.slice(0, 3), [...whole, 'more'], whole.with(2, '01'), whole.with(2, '0'), whole.with(2, '1.5')])
    await refused(async () => verifyStatement(stated(fields)), 'altered-statement')
})

test('what is not base64url, or not as this client writes it, is refused', async () => {
  const { attempt, answer, identity, pin } = await released()
  const { signature } = answer.protectedKeys
  // Of the last character only two bits count.
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const sameBytes = `${signature.slice(0, -1)}${alphabet[alphabet.indexOf(signature.at(-1)!) + 1]}`
  expect(Buffer.from(sameBytes, 'base64url')).toEqual(Buffer.from(signature, 'base64url'))
  for (const changed of [sameBytes, `${signature}=`, 'no base64url!'])
    await refused(
      () => unlock(attempt, { ...answer, protectedKeys: { ...answer.protectedKeys, signature: changed } }, identity, pin),
      'damaged-envelope',
    )
})

test('a replayed older set of keys is refused, even with the older password', async () => {
  const { server, attempt, answer, identity, pin } = await released()
  const changed = await newMasterPassword({ attempt, released: answer, identity, pin }, 'another long password', quickly)
  server.replace(changed.body)
  const old = await attemptWithPassword({ parameters: answer.protectedKeys, masterPassword: password, deriveRoot: quickly })
  await refused(() => unlock(old, answer, identity, changed.pin), 'replayed-envelope')
})

test('an older key is refused once a newer one was seen', async () => {
  const { server, attempt, answer, identity } = await released()
  const second = await registered(password, server)
  await refused(() => unlock(attempt, answer, identity, second.pin), 'replayed-envelope')
})

test('envelopes that the person’s own key did not sign are refused', async () => {
  const { attempt, answer, identity, pin } = await released()
  const { protectedKeys: set } = answer
  for (const changed of [
    { password: flipped(set.password) },
    { recovery: flipped(set.recovery) },
    { privateKeys: flipped(set.privateKeys) },
    { version: 2 },
    { signature: flipped(set.signature) },
  ]) {
    await refused(() => unlock(attempt, { ...answer, protectedKeys: { ...set, ...changed } }, identity, pin), 'forged-envelope')
  }
})

test('a registration that the server stored otherwise is told before the recovery kit is shown', async () => {
  const { created } = await registered()
  const other = await registered()
  const stored = { ...created.registration, fingerprint: created.pin.fingerprint }
  confirmRegistration(created, stored)
  await refused(() => confirmRegistration(created, { ...stored, fingerprint: other.created.pin.fingerprint }), 'altered-registration')
  await refused(() => confirmRegistration(created, { ...stored, ...other.created.registration }), 'altered-registration')
  await refused(
    () => confirmRegistration(created, { ...stored, statementSignature: other.created.registration.statementSignature }),
    'altered-registration',
  )
})

test('a wrong password and a wrong recovery kit are told from damage', async () => {
  const { answer, identity, pin, created } = await released()
  const wrong = await attemptWithPassword({ parameters: answer.protectedKeys, masterPassword: 'wrong horse battery', deriveRoot: quickly })
  await refused(() => unlock(wrong, answer, identity, pin), 'wrong-password')
  const other = await registered()
  await refused(async () => unlock(await attemptWithRecoveryKit(other.created.recoveryKit), answer, identity, pin), 'wrong-recovery-kit')
  await refused(() => attemptWithRecoveryKit(`${created.recoveryKit}A`), 'wrong-recovery-kit')
})

test('a key log that was cut, altered, reordered or forked is refused', async () => {
  const server = new HonestServer()
  for (let version = 1; version <= 3; version += 1) await registered(password, server)
  const { organization, log } = server
  const { head, newest } = await verifyKeyLog(organization, log)
  expect([head?.sequence, newest.size]).toEqual([3, 1])
  await refused(() => verifyKeyLog(organization, log.slice(0, 2), head), 'truncated-key-log')
  await refused(() => verifyKeyLog(organization, log.slice(1), null), 'altered-key-log')
  await refused(() => verifyKeyLog(organization, [log[1]!, log[0]!, log[2]!], null), 'altered-key-log')
  await refused(
    () => verifyKeyLog(organization, [{ ...log[0]!, at: '2026-01-01T00:00:00.000Z' }, ...log.slice(1)], null),
    'altered-key-log',
  )
  const fork = new HonestServer()
  await refused(() => verifyKeyLog(fork.organization, log, null), 'altered-key-log')
  await refused(() => verifyKeyLog(organization, log, { sequence: 2, hash: head!.hash }), 'altered-key-log')
})

test('a key log in which a key does not follow the one before it is refused, though its chain is whole', async () => {
  const server = new HonestServer()
  await registered(password, server)
  const unfollowing = await createEncryptionKey({
    challenge: { ...server.challenge(), previousStatement: null },
    masterPassword: password,
    deriveRoot: quickly,
  })
  server.register(unfollowing.registration)
  await refused(() => verifyKeyLog(server.organization, server.log, null), 'altered-key-log')
})

test('a key that is shown but not logged is refused', async () => {
  const { server, created } = await registered()
  const { newest } = await verifyKeyLog(server.organization, server.log)
  checkLogged(newest, created.unlocked.statement)
  const unlogged = await createEncryptionKey({ challenge: server.challenge(), masterPassword: password, deriveRoot: quickly })
  await refused(() => checkLogged(newest, unlogged.unlocked.statement), 'missing-from-key-log')
  await refused(() => checkLogged(new Map(), created.unlocked.statement), 'missing-from-key-log')
})

test('an honest server is believed', async () => {
  const { server, pin, created } = await registered()
  const first = await unlocked(server, null)
  expect(first.pin).toEqual(pin)
  const second = await unlocked(server, first.pin)
  expect(second.unlocked.statement.fingerprint).toEqual(created.unlocked.statement.fingerprint)
})
