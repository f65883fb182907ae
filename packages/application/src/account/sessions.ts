import { type Result, type Session, type SessionId, ok, refuse } from '@latchkey/domain'
import type { Storage } from '../ports/storage.ts'
import { type Person, asPerson } from './person.ts'

/** A person's own sessions. */
export class Sessions {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  async list(person: Person): Promise<Result<readonly Session[], 'not-signed-in'>> {
    const sessions = await this.#storage.read(person.organization.id, (stores) => stores.sessions.list(person.user))
    return sessions.some(({ id }) => id === person.session) ? ok(sessions) : refuse('not-signed-in')
  }

  /** Ends one, or every one but that which asks. One that is gone already is no failure. */
  end(person: Person, which: SessionId | 'others'): Promise<Result<void, 'not-signed-in'>> {
    return asPerson(this.#storage, person, async ({ sessions, audit }) => {
      const others = (await sessions.list(person.user)).map(({ id }) => id).filter((id) => id !== person.session)
      const ended = await sessions.end(person.user, which === 'others' ? others : [which])
      if (ended.length > 0) {
        await audit.append({ kind: 'person', id: person.user }, { kind: 'sessions-ended', user: person.user, sessions: ended })
      }
      return ok(undefined)
    })
  }
}
