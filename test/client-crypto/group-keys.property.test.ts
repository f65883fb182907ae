import { type GroupKey, forgetGroupKey, grantsPerBatch, openGroupNote, sealGrants, sealGroupNote } from '@latchkey/client-crypto'
import { fromBase64url, fromHexadecimal, readEpochStatement, readGrantStatement, rosterMessage } from '@latchkey/domain'
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HonestGroupServer, NotGranted, type Person, granted, made, meaning, opened, read } from './honest-group-server.ts'

const bytes = (text: string) => fromBase64url(text) ?? new Uint8Array()

async function people(server: HonestGroupServer, count: number): Promise<readonly Person[]> {
  return Promise.all(Array.from({ length: count }, () => server.person()))
}

/** What can happen to a group's key: one of four people is its actor, and a set of them is meant. */
interface Step {
  readonly kind: 'grant' | 'rotate' | 'reset'
  readonly actor: number
  readonly others: readonly number[]
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('grant', 'grant', 'rotate', 'reset'),
    actor: fc.nat({ max: 3 }),
    others: fc.uniqueArray(fc.nat({ max: 3 }), { maxLength: 3 }),
  }),
  { maxLength: 8 },
)

test('24, 29: in every history exactly those open the note who were granted its epoch at their present key', { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const server = new HonestGroupServer()
      const persons = await people(server, 4)
      const [ada] = persons
      if (!ada) throw new Error('Nobody.')
      let key = await made(server, ada, [])
      let holders = new Set([ada])
      for (const { kind, actor, others } of history) {
        const person = persons[actor]!
        const meant = others.map((index) => persons[index]!).filter((other) => other !== person)
        if (kind === 'reset') {
          await server.reset(person)
          holders.delete(person)
        }
        if (kind === 'reset' || !holders.has(person)) continue
        key = await opened(server, person)
        // Every page that knows a former key of somebody shows the change, and its person looks at it.
        const recipients = meant.map((other) => meaning(other, holders.has(other) ? 'held-before' : 'approved-change'))
        if (kind === 'grant') await granted(server, person, key, recipients)
        else key = await made(server, person, recipients, key)
        holders = new Set([...(kind === 'grant' ? holders : []), person, ...meant])
        const known = persons.map(
          (other) => [other.user, { fingerprint: meaning(other).fingerprint, keyVersion: versionOf(other) }] as const,
        )
        for (const other of persons) other.pins = { ...other.pins, people: new Map(known) }
      }
      const writer = [...holders][0]
      if (!writer) return
      const note = await sealGroupNote(await opened(server, writer), 'ours')
      for (const person of persons) {
        const reading = opened(server, person).then((own) => openGroupNote(own, note))
        if (holders.has(person)) expect(await reading).toBe('ours')
        else await expect(reading).rejects.toSatisfy((error) => error instanceof NotGranted || nameOf(error) === 'ClientCryptoError')
      }
    }),
    { numRuns: 25 },
  ),
)

test('24: who was left out of an epoch opens neither its key nor its note, with all that they had and all that is stored', async () => {
  const server = new HonestGroupServer()
  const [ada, grace] = await people(server, 2)
  if (!ada || !grace) throw new Error('Nobody.')
  await made(server, ada, [meaning(grace)])
  const former = await opened(server, grace)
  await made(server, ada, [], await opened(server, ada))
  const note = await sealGroupNote(await opened(server, ada), 'without Grace')
  await expect(openGroupNote({ ...former, epoch: { ...former.epoch, number: 2 } }, note)).rejects.toMatchObject({
    code: 'damaged-envelope',
  })
  const shown = server.shownTo({ user: ada.user, pins: grace.pins })
  await expect(opened(server, grace, shown)).rejects.toMatchObject({ code: 'other-users-grant' })
})

test('29: any flipped bit of what the server shows of a group’s key fails closed', { timeout: 120_000 }, async () => {
  const server = new HonestGroupServer()
  const [ada, grace, lin] = await people(server, 3)
  if (!ada || !grace || !lin) throw new Error('Nobody.')
  await made(server, ada, [meaning(grace)])
  await granted(server, grace, await opened(server, grace), [meaning(lin)])
  const shown = server.shownTo(lin)
  const [epoch] = shown.epochs
  const [grant] = epoch?.grants ?? []
  if (!epoch || !grant) throw new Error('Nothing is shown.')
  expect(await opened(server, lin)).toMatchObject({ epoch: { number: 1 } })
  const flip = (text: string, bit: number, encoding: 'base64url' | 'hex' = 'base64url') => {
    const changed = Buffer.from(text, encoding)
    changed[(bit >> 3) % changed.length]! ^= 1 << (bit & 7)
    return changed.toString(encoding)
  }
  const lies = {
    epoch: (bit: number) => ({ ...shown, epochs: [{ ...epoch, statement: flip(epoch.statement, bit) }] }),
    epochSignature: (bit: number) => ({ ...shown, epochs: [{ ...epoch, signature: flip(epoch.signature, bit) }] }),
    roster: (bit: number) => {
      const roster = epoch.roster.map((entry, index) =>
        index === bit % 2 ? { ...entry, fingerprint: flip(entry.fingerprint, bit, 'hex') } : entry,
      )
      return { ...shown, epochs: [{ ...epoch, roster }] }
    },
    evidence: (bit: number) => ({ ...shown, epochs: [{ ...epoch, grants: [{ ...grant, statement: flip(grant.statement, bit) }] }] }),
    evidenceSignature: (bit: number) => ({
      ...shown,
      epochs: [{ ...epoch, grants: [{ ...grant, signature: flip(grant.signature, bit) }] }],
    }),
    grant: (bit: number) => ({ ...shown, grant: { ...shown.grant, statement: flip(shown.grant.statement, bit) } }),
    sealed: (bit: number) => ({ ...shown, grant: { ...shown.grant, sealed: flip(shown.grant.sealed, bit) } }),
    grantSignature: (bit: number) => ({ ...shown, grant: { ...shown.grant, signature: flip(shown.grant.signature, bit) } }),
  }
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.values(lies)), fc.nat(), async (lie, bit) => {
      await expect(opened(server, lin, lie(bit))).rejects.toMatchObject({ name: 'ClientCryptoError' })
    }),
    { numRuns: 200 },
  )
})

test('29: any flipped bit of a group note fails closed', async () => {
  const server = new HonestGroupServer()
  const ada = await server.person()
  const key = await made(server, ada, [])
  const note = await sealGroupNote(key, 'ours')
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (bit) => {
      const changed = Buffer.from(note.sealed, 'base64url')
      changed[(bit >> 3) % changed.length]! ^= 1 << (bit & 7)
      await expect(openGroupNote(key, { ...note, sealed: changed.toString('base64url') })).rejects.toMatchObject({
        code: 'damaged-envelope',
      })
    }),
    { numRuns: 60 },
  )
})

test('a note is of one organisation, one group and one epoch, even where the key is the same', async () => {
  const server = new HonestGroupServer()
  const ada = await server.person()
  const key = await made(server, ada, [])
  const { epoch } = key
  const note = await sealGroupNote(key, 'ours')
  expect(await openGroupNote(key, note)).toBe('ours')
  const others = [{ organization: epoch.group }, { group: epoch.organization }, { number: 2 }, { hash: new Uint8Array(32) }]
  for (const other of others) {
    const changed = { ...key, epoch: { ...epoch, ...other } }
    await expect(openGroupNote(changed, { ...note, epoch: changed.epoch.number })).rejects.toMatchObject({ code: 'damaged-envelope' })
  }
})

test('16: nothing that leaves the browser has the group key in it, nor does it stay after it was forgotten', async () => {
  const server = new HonestGroupServer()
  const [ada, grace] = await people(server, 2)
  if (!ada || !grace) throw new Error('Nobody.')
  const key = await made(server, ada, [meaning(grace)])
  server.note = await sealGroupNote(key, 'ours')
  const secret = Buffer.from(key.secret)
  const [sent] = server.epochs
  const texts = [sent?.signed.statement, sent?.signed.signature, server.note.sealed, ...(sent?.grants ?? []).map((one) => one.statement)]
  expect(texts).toHaveLength(5)
  for (const text of texts) expect(Buffer.from(text ?? '', 'base64url').includes(secret)).toBe(false)
  const whole = JSON.stringify([server.epochs, server.note, server.log])
  for (const encoding of ['hex', 'base64', 'base64url'] as const) expect(whole).not.toContain(secret.toString(encoding))
  forgetGroupKey(key)
  expect(key.secret.every((byte) => byte === 0)).toBe(true)
})

test('the server’s reading of an epoch and of a grant is the browser’s writing, and a second implementation sees both signed', async () => {
  const server = new HonestGroupServer()
  const [ada, grace] = await people(server, 2)
  if (!ada || !grace) throw new Error('Nobody.')
  const first = await made(server, ada, [meaning(grace)])
  const key = await made(server, grace, [meaning(ada, 'held-before')], await opened(server, grace))
  const { signed, grants } = server.epochs[1] ?? {}
  if (!signed || !grants) throw new Error('No second epoch.')
  const { signingPublicKey, fingerprint } = grace.unlocked.statement
  const statement = bytes(signed.statement)
  const epoch = readEpochStatement(statement)
  expect(epoch).toMatchObject({ organization: server.organization, group: server.group, epoch: 2, maker: grace.user })
  expect(epoch?.previousStatement).toEqual(first.epoch.hash)
  expect(epoch?.makerFingerprint).toEqual(fingerprint)
  expect(ed25519.verify(bytes(signed.signature), statement, signingPublicKey)).toBe(true)
  const roster = signed.roster.map((one) => ({ user: one.userId, fingerprint: fromHexadecimal(one.fingerprint) ?? new Uint8Array() }))
  expect(epoch && sha256(rosterMessage(epoch, roster) ?? new Uint8Array())).toEqual(epoch?.rosterDigest)
  expect(grants.map((grant) => read(grant).approval)).toEqual(['by-hand', 'carried-over'])
  for (const [index, recipient] of [grace, ada].entries()) {
    const grant = grants[index]!
    const message = bytes(grant.statement)
    const stated = readGrantStatement(message)
    expect(stated).toMatchObject({ organization: server.organization, group: server.group, epoch: 2, issuer: grace.user })
    expect([stated?.recipient, stated?.recipientFingerprint]).toEqual([recipient.user, recipient.unlocked.statement.fingerprint])
    expect(stated?.epochStatement).toEqual(sha256(statement))
    expect(ed25519.verify(bytes(grant.signature), message, signingPublicKey)).toBe(true)
  }
  expect(epoch?.commitment).toEqual(key.epoch.commitment)
})

test('sealing to 1,000 people comes in batches and takes well under 30 s', { timeout: 120_000 }, async () => {
  const server = new HonestGroupServer()
  const ada = await server.person()
  const key: GroupKey = await made(server, ada, [])
  const grace = await server.person()
  // A thousand users with one person's key: what is sealed costs the same.
  const { statement } = grace.unlocked
  const crowd = Array.from({ length: 1_000 }, (_, index) => ({
    ...statement,
    user: `${statement.user.slice(0, -4)}${String(index).padStart(4, '0')}`,
  }))
  const known = { newest: new Map(crowd.map((one) => [one.user, one])), byFingerprint: new Map() }
  const recipients = crowd.map(({ user }) => ({ ...meaning(grace), userId: user }))
  const wish = { unlocked: ada.unlocked, key, recipients, known, people: new Map() }
  const start = performance.now()
  const sizes: number[] = []
  for await (const batch of sealGrants(wish)) sizes.push(batch.length)
  expect(sizes).toEqual(Array.from({ length: 1_000 / grantsPerBatch }, () => grantsPerBatch))
  expect(performance.now() - start).toBeLessThan(30_000)
})

function versionOf({ unlocked }: Person): number {
  return unlocked.statement.version
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
