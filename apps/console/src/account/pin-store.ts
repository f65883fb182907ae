import type { Identity, Pin } from '@latchkey/client-crypto'

/** What a browser remembers of a person's key between visits. Public facts only. */
export interface PinStore {
  find(identity: Identity): Pin | null
  save(identity: Identity, pin: Pin): void
}

/** In the browser's own storage. Where that is switched off nothing is remembered, and every visit is a first one. */
export function browserPins(storage: () => Storage = () => localStorage): PinStore {
  const name = ({ organization, user }: Identity) => `latchkey-pin:${organization}:${user}`
  return {
    find(identity) {
      try {
        return readPin(JSON.parse(storage().getItem(name(identity)) ?? 'null'))
      } catch {
        return null
      }
    },
    save(identity, { fingerprint, keyVersion, setVersion }) {
      try {
        storage().setItem(name(identity), JSON.stringify({ fingerprint, keyVersion, setVersion }))
      } catch {
        // Full or forbidden: the next visit compares by eye.
      }
    },
  }
}

function readPin(value: unknown): Pin | null {
  if (typeof value !== 'object' || value === null) return null
  const { fingerprint, keyVersion, setVersion } = value as Record<keyof Pin, unknown>
  const isPin = typeof fingerprint === 'string' && typeof keyVersion === 'number' && typeof setVersion === 'number'
  return isPin ? { fingerprint, keyVersion, setVersion } : null
}
