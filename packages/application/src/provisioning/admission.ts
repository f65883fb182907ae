import type { Instant, Organization, ScimTokenId } from '@latchkey/domain'
import type { ScimCredential, ScimTokenStore } from '../ports/scim-token-store.ts'

/** What the database says of a caller who may come in. */
export interface Admitted {
  readonly organization: Organization
  /** Whether provisioning is paid for. Who is not entitled may read and remove, and nothing else. */
  readonly isEntitled: boolean
  /** When that was so, by the database's clock. */
  readonly now: Instant
}

/** Whether a caller may do anything at all: asked of the database once for each request, and never remembered beyond it (TOK-6). */
export interface Admission {
  /** Goes out with whatever else is asked of the same stores at the same time. Throws `NotAdmitted`. */
  ask(tokens: Pick<ScimTokenStore, 'credential'>): Promise<Admitted>
  /** What follows from a credential that may not be so any more. Throws `NotAdmitted`. */
  judge(credential: ScimCredential | undefined): Admitted
  /** The same of what the database said of this request; it counts from then on. */
  decide(credential: ScimCredential | undefined): Admitted
  /** What was decided; undefined until then. */
  readonly admitted: Admitted | undefined
}

/** Thrown out of whatever a caller who may not come in was about to do. Nothing was done, and nothing of it may be answered. */
export class NotAdmitted<Refusal = unknown> extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super('The caller is not admitted.')
    this.name = 'NotAdmitted'
    this.refusal = refusal
  }
}

/** The admission of one request: `judge` decides on what the database knows of the token now, or throws `NotAdmitted`. */
export class TokenAdmission implements Admission {
  readonly #token: ScimTokenId
  readonly #judge: (credential: ScimCredential | undefined) => Admitted
  #credential: ScimCredential | undefined
  #admitted: Admitted | undefined

  constructor(token: ScimTokenId, judge: (credential: ScimCredential | undefined) => Admitted) {
    this.#token = token
    this.#judge = judge
  }

  /** What the database said of a caller who was admitted; undefined until then. */
  get credential(): ScimCredential | undefined {
    return this.#credential
  }

  get admitted(): Admitted | undefined {
    return this.#admitted
  }

  async ask(tokens: Pick<ScimTokenStore, 'credential'>): Promise<Admitted> {
    return this.#admitted ?? this.decide(await tokens.credential(this.#token))
  }

  judge(credential: ScimCredential | undefined): Admitted {
    return this.#judge(credential)
  }

  decide(credential: ScimCredential | undefined): Admitted {
    this.#admitted = this.#judge(credential)
    this.#credential = credential
    return this.#admitted
  }
}
