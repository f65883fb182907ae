import type { GroupPin, Identity, KeyLogHead, PeoplePins, PersonPin, Pin } from '@latchkey/client-crypto'

/**
 * What a browser remembers between visits: of a person's key, of the key log of an organisation, and, as that person has seen them, of other people's keys
 * and of groups' epochs. Public facts only.
 */
export interface PinStore {
  find(identity: Identity): Pin | null
  save(identity: Identity, pin: Pin): void
  findLogHead(organization: string): KeyLogHead | null
  saveLogHead(organization: string, head: KeyLogHead): void
  findPeople(identity: Identity): PeoplePins
  savePeople(identity: Identity, people: PeoplePins): void
  findGroup(identity: Identity, group: string): GroupPin | null
  saveGroup(identity: Identity, group: string, pin: GroupPin): void
  /** Whether the person lets their open page give keys by itself. No server says it in their place. */
  findConsent(identity: Identity): boolean
  saveConsent(identity: Identity, isGiven: boolean): void
}

/** In the browser's own storage. Where that is switched off nothing is remembered, and every visit is a first one. */
export function browserPins(storage: () => Storage = () => localStorage): PinStore {
  const pinName = ({ organization, user }: Identity) => `latchkey-pin:${organization}:${user}`
  const logName = (organization: string) => `latchkey-key-log:${organization}`
  const peopleName = ({ organization, user }: Identity) => `latchkey-people:${organization}:${user}`
  const groupName = ({ organization, user }: Identity, group: string) => `latchkey-group:${organization}:${user}:${group}`
  const consentName = ({ organization, user }: Identity) => `latchkey-automatic:${organization}:${user}`
  const find = (name: string): Record<string, unknown> => {
    try {
      return JSON.parse(storage().getItem(name) ?? '{}') ?? {}
    } catch {
      return {}
    }
  }
  const save = (name: string, facts: object) => {
    try {
      storage().setItem(name, JSON.stringify(facts))
    } catch {
      // Full or forbidden: the next visit compares by eye.
    }
  }
  return {
    find(identity) {
      const { fingerprint, keyVersion, setVersion } = find(pinName(identity))
      const isPin = typeof fingerprint === 'string' && typeof keyVersion === 'number' && typeof setVersion === 'number'
      return isPin ? { fingerprint, keyVersion, setVersion } : null
    },
    save: (identity, { fingerprint, keyVersion, setVersion }) => save(pinName(identity), { fingerprint, keyVersion, setVersion }),
    findLogHead(organization) {
      const { sequence, hash } = find(logName(organization))
      return typeof sequence === 'number' && typeof hash === 'string' ? { sequence, hash } : null
    },
    saveLogHead: (organization, { sequence, hash }) => save(logName(organization), { sequence, hash }),
    findPeople: (identity) => new Map(Object.entries(find(peopleName(identity))).filter((entry) => isPersonPin(entry))),
    savePeople(identity, people) {
      const facts = [...people].map(([user, { fingerprint, keyVersion }]) => [user, { fingerprint, keyVersion }])
      save(peopleName(identity), Object.fromEntries(facts))
    },
    findGroup(identity, group) {
      const { epoch, statement } = find(groupName(identity, group))
      return typeof epoch === 'number' && typeof statement === 'string' ? { epoch, statement } : null
    },
    findConsent: (identity) => find(consentName(identity))['isGiven'] === true,
    saveConsent: (identity, isGiven) => save(consentName(identity), { isGiven }),
    saveGroup: (identity, group, { epoch, statement }) => save(groupName(identity, group), { epoch, statement }),
  }
}

function isPersonPin(entry: [string, unknown]): entry is [string, PersonPin] {
  const [, pin] = entry
  if (typeof pin !== 'object' || pin === null) return false
  const { fingerprint, keyVersion }: { fingerprint?: unknown; keyVersion?: unknown } = pin
  return typeof fingerprint === 'string' && typeof keyVersion === 'number'
}
