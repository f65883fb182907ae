import {
  type Attempt,
  attemptWithRecoveryKit,
  createEncryptionKey,
  deriveRoot,
  fingerprintDigits,
  fingerprintWords,
  newMasterPassword,
  newRecoveryKit,
  openNote,
  sealNote,
  unlock,
  verifyStatement,
} from '@latchkey/client-crypto'
import { protectedKeysMessage, readKeyStatement, readProtectedKeys } from '@latchkey/domain'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { gcm } from '@noble/ciphers/aes.js'
import { argon2id } from '@noble/hashes/argon2.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HonestServer, attempted, password, quickly, registered, unlocked } from './honest-server.ts'

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
const ascii = (text: string) => new Uint8Array(Buffer.from(text))

test('17: a statement is signed by the key that it states, as a second implementation sees it', async () => {
  const { created } = await registered()
  const { statement, statementSignature } = created.registration
  const read = readKeyStatement(bytes(statement))
  expect(read && ed25519.verify(bytes(statementSignature), bytes(statement), read.signingPublicKey)).toBe(true)
  expect(Buffer.from(sha256(bytes(statement))).toString('hex')).toBe(created.pin.fingerprint)
  expect(await verifyStatement(created.registration)).toMatchObject({ version: 1, previousStatement: null })
})

test('the server’s reading of a registration is the browser’s writing of it', async () => {
  const { created, server } = await registered()
  const { protectedKeys } = created.registration
  const read = readKeyStatement(bytes(created.registration.statement))
  expect(read).toMatchObject({ organization: server.organization, user: server.user, version: 1, time: '2026-11-23T21:00:00.000Z' })
  expect(readProtectedKeys(protectedKeys)).toEqual(protectedKeys)
  const whose = {
    organization: server.organization,
    user: server.user,
    keyVersion: 1,
    fingerprint: sha256(bytes(created.registration.statement)),
  }
  const message = protectedKeysMessage(whose, protectedKeys, (one) => sha256(one))
  expect(read && ed25519.verify(bytes(protectedKeys.signature), message, read.signingPublicKey)).toBe(true)
})

test('a second implementation opens what this one sealed, down to the private keys', async () => {
  const { created } = await registered()
  const { protectedKeys: set, statement, unlockProof } = created.registration
  const read = readKeyStatement(bytes(statement))
  if (!read) throw new Error('No statement.')
  const root = await quickly(password, bytes(set.salt), 'argon2id-64m-3-4')
  const label = (name: string, secret: Uint8Array = root, salt?: Uint8Array) => hkdf(sha256, secret, salt, ascii(`latchkey-1 ${name}`), 32)
  expect(Buffer.from(label('unlock-proof')).toString('base64url')).toBe(unlockProof)
  const canonical = (...fields: Uint8Array[]) =>
    Buffer.concat(fields.flatMap((field) => [Buffer.from([0, 0, field.length >> 8, field.length & 255]), Buffer.from(field)]))
  const context = [read.organization, read.user, '1'].map(ascii)
  const data = (kind: string, ...more: Uint8Array[]) =>
    new Uint8Array(canonical(ascii('latchkey-1'), ascii(kind), ...context, sha256(bytes(statement)), ...more))
  const password_ = bytes(set.password)
  expect(password_.slice(32, 64)).toEqual(label('commitment'))
  const accountKey = gcm(
    label('message', label('password-wrap'), password_.slice(0, 32)),
    new Uint8Array(12),
    data('account-key-by-password', ascii(set.profile), bytes(set.salt)),
  ).decrypt(password_.slice(64))
  const wrapped = bytes(set.privateKeys)
  const privateKeys = gcm(label('message', accountKey, wrapped.slice(0, 32)), new Uint8Array(12), data('private-keys')).decrypt(
    wrapped.slice(32),
  )
  expect(x25519.getPublicKey(privateKeys.slice(0, 32))).toEqual(read.encryptionPublicKey)
  expect(ed25519.getPublicKey(privateKeys.slice(32))).toEqual(read.signingPublicKey)
})

test('the second implementation computes the tag of RFC 9106 §5.3', () => {
  const of = (byte: number, length: number) => new Uint8Array(length).fill(byte)
  const tag = argon2id(of(1, 32), of(2, 16), { t: 3, m: 32, p: 4, dkLen: 32, key: of(3, 8), personalization: of(4, 12) })
  expect(Buffer.from(tag).toString('hex')).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659')
})

test('the derivation is Argon2id with 64 MiB, 3 passes and 4 lanes, as a second implementation computes it', {
  timeout: 120_000,
}, async () => {
  const salt = Uint8Array.from({ length: 16 }, (_, index) => index)
  const expected = argon2id(ascii('Passwort für Ångström'.normalize('NFKC')), salt, { t: 3, m: 65_536, p: 4, dkLen: 32 })
  expect(await deriveRoot('Passwort fu\u0308r A\u030angstro\u0308m', salt, 'argon2id-64m-3-4')).toEqual(expected)
})

test('21: unlocking succeeds with exactly the right password', () =>
  fc.assert(
    fc.asyncProperty(
      fc.string({ minLength: 12, maxLength: 30, unit: 'grapheme' }),
      fc.string({ minLength: 12, maxLength: 30, unit: 'grapheme' }),
      async (right, other) => {
        fc.pre([...right.normalize('NFKC')].length >= 12)
        const { server, pin } = await registered(right)
        await expect(unlocked(server, pin, right)).resolves.toMatchObject({ pin })
        if (other.normalize('NFKC') !== right.normalize('NFKC')) expect((await attempted(server, other)).released).toBeNull()
      },
    ),
    { numRuns: 15 },
  ))

test('21: any flipped bit of what the server releases fails closed', { timeout: 60_000 }, async () => {
  const { server, pin } = await registered()
  const { attempt, released } = await attempted(server)
  if (!released) throw new Error('The server refused the proof.')
  const fields = ['statement', 'statementSignature', 'password', 'recovery', 'privateKeys', 'signature', 'salt'] as const
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...fields), fc.nat(), async (field, bit) => {
      const { protectedKeys: set } = released
      const text = field in set ? set[field as keyof typeof set] : released[field as 'statement']
      const changed = Buffer.from(String(text), 'base64url')
      changed[(bit >> 3) % changed.length]! ^= 1 << (bit & 7)
      const value = changed.toString('base64url')
      const lie = field in set ? { ...released, protectedKeys: { ...set, [field]: value } } : { ...released, [field]: value }
      await expect(unlock(attempt, lie, server.identity, pin)).rejects.toMatchObject({ name: 'ClientCryptoError' })
      await expect(unlock(attempt, lie, server.identity, null)).rejects.toMatchObject({ name: 'ClientCryptoError' })
    }),
    { numRuns: 150 },
  )
})

test('23: a new master password and a new recovery kit keep everything readable, under the same fingerprint', async () => {
  const { server, created } = await registered()
  const note = await sealNote(created.unlocked, 'only for me 🗝')
  const open = async (attempt: Attempt) => {
    const released = server.release(attempt)
    if (!released) throw new Error('The server refused the proof.')
    return { attempt, released, identity: server.identity, pin: null }
  }
  const changed = await newMasterPassword(await open((await attempted(server)).attempt), 'another long password', quickly)
  server.replace(changed.body)
  expect((await attempted(server)).released).toBeNull()
  const second = await unlocked(server, changed.pin, 'another long password')
  expect(await openNote(second.unlocked, note)).toBe('only for me 🗝')
  expect(second.unlocked.statement.fingerprint).toEqual(created.unlocked.statement.fingerprint)

  const kit = await newRecoveryKit(await open((await attempted(server, 'another long password')).attempt))
  server.replace(kit.body)
  expect(server.release(await attemptWithRecoveryKit(created.recoveryKit))).toBeNull()
  const recovered = await newMasterPassword(await open(await attemptWithRecoveryKit(kit.recoveryKit)), 'a third long password', quickly)
  server.replace(recovered.body)
  const third = await unlocked(server, recovered.pin, 'a third long password')
  expect(await openNote(third.unlocked, note)).toBe('only for me 🗝')
})

test('19, 23: a new key after a reset opens nothing of the former one', async () => {
  const server = new HonestServer()
  const first = await registered(password, server)
  const note = await sealNote(first.created.unlocked, 'before')
  const second = await registered(password, server)
  expect(second.pin.keyVersion).toBe(2)
  expect(second.pin.fingerprint).not.toBe(first.pin.fingerprint)
  await expect(openNote(second.created.unlocked, note)).rejects.toMatchObject({ code: 'damaged-envelope' })
})

test('22: a short master password makes no key, however many bytes it has', async () => {
  for (const masterPassword of ['', 'eleven char', '👩‍💻'.repeat(3)]) {
    const wish = { challenge: new HonestServer().challenge(), masterPassword, deriveRoot: quickly }
    await expect(createEncryptionKey(wish)).rejects.toMatchObject({ code: 'password-too-short' })
  }
})

test('private keys that were unlocked cannot be taken out', async () => {
  const { server } = await registered()
  const { unlocked: key } = await unlocked(server, null)
  for (const { privateKey } of [key.pairs.encryption, key.pairs.signing]) {
    expect(privateKey.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('pkcs8', privateKey)).rejects.toThrow()
  }
})

test('a recovery kit is read in any case and with any separators, and one wrong character is told with its group', async () => {
  const { created } = await registered()
  const kit = created.recoveryKit
  expect(kit).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}$/)
  const { proof } = await attemptWithRecoveryKit(kit)
  for (const typed of [
    kit.toLowerCase(),
    kit.replaceAll('-', ' '),
    kit.replaceAll('-', ''),
    kit.replaceAll('0', 'o').replaceAll('1', 'l'),
  ]) {
    expect((await attemptWithRecoveryKit(typed)).proof).toBe(proof)
  }
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 39 }), fc.constantFrom(...alphabet), async (place, character) => {
      const characters = kit.replaceAll('-', '').split('')
      fc.pre(characters[place] !== character)
      characters[place] = character
      await expect(attemptWithRecoveryKit(characters.join(''))).rejects.toThrow(`Group ${Math.floor(place / 5) + 1} `)
    }),
    { numRuns: 60 },
  )
})

test('a fingerprint has eight words and sixteen groups of digits, which change with it', () => {
  const one = Uint8Array.from({ length: 32 }, (_, index) => index * 8)
  expect(fingerprintWords(one)).toEqual(
    ['babam', 'dadin', 'gafon', 'havun', 'jikav', 'linid', 'nipon', 'rijuv'].map(() =>
      expect.stringMatching(/^[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]$/),
    ),
  )
  expect(fingerprintDigits(one)).toHaveLength(16)
  fc.assert(
    fc.property(fc.nat({ max: 127 }), (bit) => {
      const other = one.slice()
      other[bit >> 3]! ^= 1 << (bit & 7)
      expect(fingerprintWords(other)).not.toEqual(fingerprintWords(one))
      expect(fingerprintDigits(other)).not.toEqual(fingerprintDigits(one))
    }),
  )
})
