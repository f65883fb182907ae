import type { ScimCredential } from '../ports/scim-token-store.ts'
import type { FirstStores, GlanceStores, SeenStores, Storage, Stores, WriteStores } from '../ports/storage.ts'
import type { Admission, Admitted } from './admission.ts'
import type { ScimCaller } from './scim-caller.ts'

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

/** `Storage.revise` for a caller: whether they may come in is asked with what is seen. Of one request the first makes sure of it. */
export async function reviseFor<Seen, Answer>(
  storage: Storage,
  { organization, token, admission }: ScimCaller,
  see: (stores: SeenStores) => Promise<Seen>,
  write: (stores: WriteStores, seen: Seen, admitted: Admitted) => Promise<Answer>,
): Promise<Answer> {
  const { admitted } = admission
  if (admitted) return storage.revise(organization.id, see, (stores, seen) => write(stores, seen, admitted))
  let told: { readonly credential: ScimCredential | undefined } | undefined
  const ask = async ({ scimTokens }: SeenStores): Promise<void> => {
    told = undefined
    told = { credential: await scimTokens.credential(token) }
  }
  try {
    return await storage.revise(
      organization.id,
      async (stores) => (await Promise.all([ask(stores), see(stores)]))[1],
      (stores, seen) => write(stores, seen, admission.judge(told?.credential)),
    )
  } finally {
    // What was told last is what the database says.
    if (told) admission.decide(told.credential)
  }
}

/** The same for what rests on nothing else. */
export function appendFor<Answer>(
  storage: Storage,
  caller: ScimCaller,
  write: (stores: WriteStores, admitted: Admitted) => Promise<Answer>,
): Promise<Answer> {
  return reviseFor(storage, caller, asksNothing, (stores, _seen, admitted) => write(stores, admitted))
}

const asksNothing = async (): Promise<void> => {}
