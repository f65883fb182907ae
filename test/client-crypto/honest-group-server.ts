import { randomUUID } from 'node:crypto'
import {
  type GroupKey,
  type GroupNote,
  type GroupPins,
  type KeyLogEntry,
  type KnownKeys,
  type Recipient,
  type ShownEpoch,
  type ShownGroupKey,
  type SignedEpoch,
  type SealedGrant,
  type SignedGrant,
  type UnlockedKey,
  checkRecipients,
  createEncryptionKey,
  makeEpoch,
  openGroupKey,
  sealGrants,
  verifyKeyLog,
} from '@latchkey/client-crypto'
import { fromBase64url, readGrantStatement, toHexadecimal } from '@latchkey/domain'
import { nextEntry, password, quickly } from './honest-server.ts'

export const time = '2026-11-24T03:00:00.000Z'

/** A person with an open key, and what their browser remembers. */
export interface Person {
  readonly user: string
  unlocked: UnlockedKey
  pins: GroupPins
}

/** What an honest server keeps of an organisation with one group, and answers. A lying one is this with one answer changed. */
export class HonestGroupServer {
  readonly organization: string
  readonly group = randomUUID()
  readonly log: KeyLogEntry[]
  readonly epochs: { readonly signed: SignedEpoch; readonly grants: SealedGrant[] }[] = []
  note: GroupNote | null = null

  constructor(beside?: HonestGroupServer) {
    this.organization = beside?.organization ?? randomUUID()
    this.log = beside?.log ?? []
  }

  async person(): Promise<Person> {
    const user = randomUUID()
    return { user, unlocked: await this.#register(user), pins: { group: null, people: new Map() } }
  }

  /** A new key after everything was forgotten. */
  async reset(person: Person): Promise<void> {
    person.unlocked = await this.#register(person.user)
  }

  known(): Promise<KnownKeys> {
    return verifyKeyLog(this.organization, this.log)
  }

  /** The epochs from the one that the person has seen last, and their grant of the newest. */
  shownTo({ user, pins }: Pick<Person, 'user' | 'pins'>): ShownGroupKey {
    const grant = this.epochs.at(-1)?.grants.findLast((one) => read(one).recipient === user)
    if (!grant) throw new NotGranted()
    return { epochs: this.shownEpochs(pins.group?.epoch ?? 1), grant }
  }

  shownEpochs(from: number): readonly ShownEpoch[] {
    return this.epochs.slice(from - 1).map(({ signed, grants }) => {
      const made = new Set(signed.roster.map(({ fingerprint }) => fingerprint))
      return {
        ...signed,
        grants: grants
          .filter((grant) => !made.has(toHexadecimal(read(grant).recipientFingerprint)))
          .map(({ statement, signature }) => ({ statement, signature })),
      }
    })
  }

  async #register(user: string): Promise<UnlockedKey> {
    const former = this.log.filter(({ userId }) => userId === user)
    const challenge = {
      nonce: 'nonce',
      time: '2026-11-23T21:00:00.000Z',
      organizationId: this.organization,
      userId: user,
      version: former.length + 1,
      previousStatement: former.at(-1)?.statement ?? null,
    }
    const { registration, unlocked } = await createEncryptionKey({ challenge, masterPassword: password, deriveRoot: quickly })
    this.log.push(nextEntry(this.organization, this.log, { user, version: challenge.version, registration }))
    return unlocked
  }
}

/** The server has no grant for somebody: there is nothing to be opened. */
export class NotGranted extends Error {}

export function read({ statement }: SignedGrant) {
  const grant = readGrantStatement(fromBase64url(statement) ?? new Uint8Array())
  if (!grant) throw new Error('No grant.')
  return grant
}

export function meaning(person: Person, because: Recipient['because'] = 'approved'): Recipient {
  return { userId: person.user, fingerprint: toHexadecimal(person.unlocked.statement.fingerprint), because }
}

/** Somebody's browser opens the group's key. */
export async function opened(server: HonestGroupServer, person: Person, shown = server.shownTo(person)): Promise<GroupKey> {
  const { unlocked, pins } = person
  const { key, pins: seen } = await openGroupKey({ unlocked, group: server.group, shown, known: await server.known(), pins })
  person.pins = seen
  return key
}

/** Somebody's browser makes an epoch and grants it to others, and the server takes all of it. */
export async function made(
  server: HonestGroupServer,
  maker: Person,
  recipients: readonly Recipient[],
  previous: GroupKey | null = null,
): Promise<GroupKey> {
  const { unlocked } = maker
  const known = await server.known()
  const { key, epoch, grant, pins } = await makeEpoch({
    ...{ unlocked, group: server.group, previous, recipients, known, time },
    people: maker.pins.people,
  })
  maker.pins = pins
  const kept = { signed: epoch, grants: [grant] }
  server.epochs.push(kept)
  await granted(server, maker, key, recipients, kept)
  return key
}

export async function granted(
  server: HonestGroupServer,
  issuer: Person,
  key: GroupKey,
  recipients: readonly Recipient[],
  kept = server.epochs[key.epoch.number - 1],
): Promise<readonly SealedGrant[]> {
  const known = await server.known()
  const { people } = checkRecipients(recipients, { known, people: issuer.pins.people, holders: key.holders })
  const wish = { unlocked: issuer.unlocked, key, recipients, known, people: issuer.pins.people }
  const grants: SealedGrant[] = []
  for await (const batch of sealGrants(wish)) grants.push(...batch)
  issuer.pins = { ...issuer.pins, people }
  kept?.grants.push(...grants)
  return grants
}
