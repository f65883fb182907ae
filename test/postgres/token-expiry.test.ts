import { letters } from '@latchkey/adapter-email'
import { knexOrganizationRegister } from '@latchkey/adapter-knex'
import { WarnOfTokenExpiry, addresses } from '@latchkey/application'
import { noKeyYet, scimTokenId, userId } from '@latchkey/domain'
import { emptyResource } from '@latchkey/scim'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FilledDirectory, filledDirectory } from './directory.ts'

let directory: FilledDirectory
let warn: WarnOfTokenExpiry

beforeAll(async () => {
  directory = await filledDirectory()
  warn = new WarnOfTokenExpiry({
    storage: directory.storage,
    register: knexOrganizationRegister(directory.database),
    letters,
    addresses: addresses('http://localhost:8080'),
  })
  await directory.storage.transaction(directory.organization, async ({ users, scimTokens, now }) => {
    for (const [userName, role] of [
      ['ada@acme.example', 'owner'],
      ['owner', 'owner'],
      ['grace@acme.example', null],
    ] as const) {
      const user = { id: userId(randomUUID()), userName, externalId: null, managedBy: 'local', role, directory: 'enabled' } as const
      await users.insert({ ...user, identityLink: null, encryptionKey: noKeyYet, setUpMailQueued: false }, emptyResource)
    }
    const token = { id: scimTokenId(randomUUID()), publicId: randomUUID(), description: 'Okta', mode: 'tolerant' } as const
    const state = { createdBy: null, revokedAt: null, frozenAt: null, lastUsedAt: null, expiresAt: now + 365 * 86_400_000 }
    await scimTokens.insert({ ...token, ...state }, { keyId: 'k', hmac: 'h' })
  })
})
afterAll(() => directory.close())

/** Moves the token through its year: to so many days before its end. */
async function daysBeforeTheEnd(days: number): Promise<void> {
  await directory.inside(
    "update scim_tokens set expires_at = now() + make_interval(days => ?::integer) - interval '1 hour', created_at = now() + make_interval(days => ?::integer - 365)",
    [days, days],
  )
  await warn.execute()
}

async function queued(): Promise<readonly { readonly key: string; readonly to: string }[]> {
  const rows = await directory.inside<{ mail: { key: string; to: string } }>('select mail from outbox order by id')
  return rows.map(({ mail }) => mail)
}

test('owners with an address are warned 30, 7 and 1 days before a token ends, once each', async () => {
  await daysBeforeTheEnd(40)
  expect(await queued()).toEqual([])
  for (const day of [30, 29, 7, 6, 1, 1]) await daysBeforeTheEnd(day)
  const mails = await queued()
  expect(mails.map(({ key }) => key.split('.')[2])).toEqual(['30', '7', '1'])
  expect(new Set(mails.map(({ to }) => to))).toEqual(new Set(['ada@acme.example']))
})
