import type { Actor, UserId } from '@latchkey/domain'
import type { ReadStores } from '../ports/storage.ts'

/** What each actor is called now: people by their user name, tokens by their description. A name that is kept nowhere cannot outlive the person (AUD-2). */
export async function actorNames(
  { users, scimTokens, apiTokens }: Pick<ReadStores, 'users' | 'scimTokens' | 'apiTokens'>,
  actors: readonly Actor[],
): Promise<(actor: Actor) => string | null> {
  const people = new Set<UserId>()
  for (const actor of actors) if (actor.kind === 'person') people.add(actor.id)
  const persons = await users.brief([...people])
  const kinds = new Set(actors.map(({ kind }) => kind))
  const tokens = [...(kinds.has('scim-token') ? await scimTokens.list() : []), ...(kinds.has('api-token') ? await apiTokens.list() : [])]
  const descriptions: ReadonlyMap<string, string> = new Map(tokens.map(({ id, description }) => [id, description]))
  return (actor) => {
    switch (actor.kind) {
      case 'person':
        return persons.get(actor.id)?.userName ?? null
      case 'scim-token':
      case 'api-token':
        return descriptions.get(actor.id) ?? null
      case 'operator':
      case 'clock':
      case 'nobody':
        return null
    }
  }
}
