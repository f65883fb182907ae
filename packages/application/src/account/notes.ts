import { type Result, ok, refuse } from '@latchkey/domain'
import type { Storage } from '../ports/storage.ts'
import { type Person, asPerson } from './person.ts'

/** A note that a person sealed to themself, so that their key visibly does something. To the server it is one opaque text. */
export class Notes {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  read(person: Person): Promise<Result<string | null, 'not-signed-in' | 'not-unlocked'>> {
    return asPerson(this.#storage, person, async ({ keys }, { session }) =>
      session.unlockedAt === null ? refuse('not-unlocked') : ok(await keys.note(person.user)),
    )
  }

  /** `sealed` is base64url. */
  save(person: Person, sealed: string): Promise<Result<void, 'not-signed-in' | 'not-unlocked'>> {
    return asPerson(this.#storage, person, async ({ keys, audit }, { session }) => {
      if (session.unlockedAt === null) return refuse('not-unlocked')
      await keys.saveNote(person.user, sealed)
      await audit.append({ kind: 'person', id: person.user }, { kind: 'note-saved', user: person.user })
      return ok(undefined)
    })
  }
}
