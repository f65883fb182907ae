import type { Identity, KeyLogHead, Pin } from '@latchkey/client-crypto'

/** What a browser remembers between visits of a person's key, and of the key log of an organisation. Public facts only. */
export interface PinStore {
  find(identity: Identity): Pin | null
  save(identity: Identity, pin: Pin): void
  findLogHead(organization: string): KeyLogHead | null
  saveLogHead(organization: string, head: KeyLogHead): void
}

/** In the browser's own storage. Where that is switched off nothing is remembered, and every visit is a first one. */
export function browserPins(storage: () => Storage = () => localStorage): PinStore {
  const pinName = ({ organization, user }: Identity) => `latchkey-pin:${organization}:${user}`
  const logName = (organization: string) => `latchkey-key-log:${organization}`
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
  }
}
