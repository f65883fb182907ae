import {
  type Instant,
  type Licence,
  type LicenceStatus,
  type Result,
  isEntitled,
  licenceStatus,
  minuteMs,
  ok,
  refuse,
} from '@latchkey/domain'
import type { Entitlements, LicenceFault, Licensed, LicenceReader, LicenceStore } from '../ports/licence-store.ts'

interface Known {
  readonly licence: Licence | null
  readonly createdAt: Instant
  readonly sinceMs: number
}

/** A licence that was installed beside a running server counts there within this time. */
const rememberedMs = minuteMs

/** What this deployment is licensed for. Every process knows it without asking for each request. */
export class Licensing implements Entitlements {
  readonly #store: LicenceStore
  readonly #reader: LicenceReader
  readonly #configured: string | null
  readonly #elapsedMs: () => number
  #known: Known | undefined

  /** `configured` is a licence from the settings, which comes before one that was installed; `elapsedMs` a clock that only goes forward. */
  constructor(ports: { store: LicenceStore; reader: LicenceReader; configured: string | null; elapsedMs: () => number }) {
    this.#store = ports.store
    this.#reader = ports.reader
    this.#configured = ports.configured
    this.#elapsedMs = ports.elapsedMs
  }

  async licensed(): Promise<Licensed> {
    const known = this.#known
    const { licence, createdAt } = known && this.#elapsedMs() - known.sinceMs < rememberedMs ? known : (await this.#look()).known
    return (entitlement, now) => isEntitled(licenceStatus(licence, createdAt, now), entitlement)
  }

  async status(): Promise<LicenceStatus> {
    const { known, now } = await this.#look()
    return licenceStatus(known.licence, known.createdAt, now)
  }

  /** Why the licence in the settings is none; null where it is one, or none was set. */
  configuredFault(): LicenceFault | null {
    if (this.#configured === null) return null
    const read = this.#reader.read(this.#configured)
    return read.ok ? null : read.error
  }

  /** Keeps a licence that its vendor signed and that has not expired. */
  async install(signed: string): Promise<Result<LicenceStatus, LicenceFault | 'expired'>> {
    const licence = this.#reader.read(signed)
    if (!licence.ok) return licence
    if (licence.value.expiresAt <= (await this.#store.facts()).now) return refuse('expired')
    await this.#store.install(signed)
    return ok(await this.status())
  }

  async #look(): Promise<{ readonly known: Known; readonly now: Instant }> {
    const { createdAt, installed, now } = await this.#store.facts()
    this.#known = { licence: this.#read(this.#configured) ?? this.#read(installed), createdAt, sinceMs: this.#elapsedMs() }
    return { known: this.#known, now }
  }

  #read(signed: string | null): Licence | null {
    if (signed === null) return null
    const read = this.#reader.read(signed)
    return read.ok ? read.value : null
  }
}
