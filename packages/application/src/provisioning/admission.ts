import type { Organization, ScimTokenId } from '@latchkey/domain'
import type { ScimCredential, ScimTokenStore } from '../ports/scim-token-store.ts'
import type { FirstStores, GlanceStores, ReadStores, SeenStores, Storage, Stores, WriteStores } from '../ports/storage.ts'
import type { ScimCaller } from './scim-caller.ts'

/** What the database says of a caller who may come in. */
export interface Admitted {
  readonly organization: Organization
  /** Whether provisioning is paid for. Who is not entitled may read and remove, and nothing else. */
  readonly isEntitled: boolean
}

/** Whether a caller may do anything at all: asked of the database once for each request, and never remembered beyond it (TOK-6). */
export interface Admission {
  /** Goes out with whatever else is asked of the same stores at the same time. Throws `NotAdmitted`. */
  ask(tokens: Pick<ScimTokenStore, 'credential'>): Promise<Admitted>
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

  async ask(tokens: Pick<ScimTokenStore, 'credential'>): Promise<Admitted> {
    return this.#admitted ?? this.decide(await tokens.credential(this.#token))
  }

  decide(credential: ScimCredential | undefined): Admitted {
    this.#admitted = this.#judge(credential)
    this.#credential = credential
    return this.#admitted
  }
}

/** Who asks; `admission` is null for who was let in by another door, as a person who reads their own resource is. */
export interface Asker {
  readonly organization: ScimCaller['organization']
  readonly admission: Admission | null
}

/** `Storage.glance` for a caller: whether they may ask is asked in the same round trip. */
export function glanceFor<Answer>(
  storage: Storage,
  { organization, admission }: Asker,
  work: (stores: GlanceStores) => Promise<Answer>,
): Promise<Answer> {
  return storage.glance(organization.id, async (stores) => {
    const [answer] = await Promise.all([work(stores), admission?.ask(stores.scimTokens)])
    return answer
  })
}

/** `Storage.read` for a caller. */
export function readFor<Answer>(
  storage: Storage,
  { organization, admission }: Asker,
  work: (stores: ReadStores) => Promise<Answer>,
): Promise<Answer> {
  return storage.read(organization.id, async (stores) => {
    const [answer] = await Promise.all([work(stores), admission?.ask(stores.scimTokens)])
    return answer
  })
}

/** `Storage.transaction` for a caller: what `ask` asks and whether they may come in go out with its beginning. */
export function transactionFor<Asked, Answer>(
  storage: Storage,
  { organization, admission }: ScimCaller,
  ask: (stores: FirstStores) => Promise<Asked>,
  work: (stores: Stores, asked: Asked, admitted: Admitted) => Promise<Answer>,
): Promise<Answer> {
  return storage.transaction<Answer, readonly [Admitted, Asked]>(
    organization.id,
    (stores, [admitted, asked]) => work(stores, asked, admitted),
    (stores) => Promise.all([admission.ask(stores.scimTokens), ask(stores)]),
  )
}

/** `Storage.revise` for a caller: whether they may come in is asked with what is seen. */
export function reviseFor<Seen, Answer>(
  storage: Storage,
  { organization, admission }: ScimCaller,
  see: (stores: SeenStores) => Promise<Seen>,
  write: (stores: WriteStores, seen: Seen, admitted: Admitted) => Promise<Answer>,
): Promise<Answer> {
  return storage.revise<Answer, readonly [Admitted, Seen]>(
    organization.id,
    (stores) => Promise.all([admission.ask(stores.scimTokens), see(stores)]),
    (stores, [admitted, seen]) => write(stores, seen, admitted),
  )
}

/** For work that has nothing to ask before it begins. */
export const asksNothing = async (): Promise<void> => {}
