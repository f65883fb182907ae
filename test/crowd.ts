import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { canonicalBytes, fromHexadecimal, keyLogMessage, suite } from '@latchkey/domain'
import type { Client } from 'pg'
import { inside } from './inside.ts'
import type { TestServer } from './server.ts'

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest())

/**
 * Gives a key to every user of an organisation who has none, as if each had signed in and made one: with statements that are signed and logged, so that a
 * browser that checks everything believes them. Nobody can unlock these keys.
 */
export function giveKeysToAll(server: TestServer, organization: string): Promise<number> {
  return inside(server, organization, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "select id from users where key_state = 'none' and directory = 'enabled' order by id",
    )
    for (const { id } of rows) await giveKey(client, organization, id)
    return rows.length
  })
}

async function giveKey(client: Client, organization: string, user: string): Promise<void> {
  const pair = generateKeyPairSync('ed25519')
  const signing = new Uint8Array(Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'))
  const encryption = new Uint8Array(randomBytes(32))
  const at = new Date()
  const statement = canonicalBytes([suite, 'key-statement', organization, user, 1, encryption, signing, null, at.toISOString()])
  const statementSignature = new Uint8Array(sign(null, statement, pair.privateKey))
  const head = (await client.query('select sequence, hash from key_log order by sequence desc limit 1')).rows[0]
  const place = { sequence: Number(head?.sequence ?? 0) + 1, at: at.getTime() }
  const previousHash = head ? fromHexadecimal(head.hash) : null
  const message = keyLogMessage(organization, place, { previousHash, statement, statementSignature, previousSignature: null })
  const hash = Buffer.from(sha256(message)).toString('hex')
  const entry = [organization, place.sequence, user, base64url(statement), base64url(statementSignature), at, head?.hash ?? null, hash]
  await client.query(
    `insert into key_log (org_id, sequence, user_id, version, statement, statement_signature, at, previous_hash, hash)
      values ($1, $2, $3, 1, $4, $5, $6, $7, $8)`,
    entry,
  )
  const fingerprint = Buffer.from(sha256(statement)).toString('hex')
  await client.query(
    `update users set key_state = 'registered', key_version = 1, key_encryption_public = $2, key_signing_public = $3, key_fingerprint = $4,
      key_envelope = '{}', key_envelope_version = 1, key_registered_at = $5 where id = $1`,
    [user, base64url(encryption), base64url(signing), fingerprint, at],
  )
}
