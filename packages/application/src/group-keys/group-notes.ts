import { type GroupId, type Result, holdsGroupKey, ok, refuse } from '@latchkey/domain'
import type { Person } from '../account/person.ts'
import type { StoredGroupNote } from '../ports/group-key-store.ts'
import type { Storage } from '../ports/storage.ts'
import { type MemberRefusal, asMember } from './as-member.ts'

/** A note that the holders of a group's key can read and write, so that the key visibly works. To the server it is one opaque text. */
export class GroupNotes {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** Null before the first. */
  read(person: Person, group: GroupId): Promise<Result<StoredGroupNote | null, MemberRefusal | 'not-a-holder'>> {
    return asMember<StoredGroupNote | null, 'not-a-holder'>(
      this.#storage,
      person,
      { group, purpose: 'read' },
      async ({ groupKeys }, { member }) => (holdsGroupKey(member) ? ok((await groupKeys.note(group)) ?? null) : refuse('not-a-holder')),
    )
  }

  /** In the place of the version that the browser opened; 0 for none. Answers the new version. */
  save(
    person: Person,
    group: GroupId,
    { epoch, sealed, expectedVersion }: { readonly epoch: number; readonly sealed: string; readonly expectedVersion: number },
  ): Promise<Result<number, MemberRefusal | 'not-a-holder' | 'epoch-moved' | 'note-moved'>> {
    return asMember<number, 'not-a-holder' | 'epoch-moved' | 'note-moved'>(
      this.#storage,
      person,
      { group, purpose: 'write' },
      async ({ groupKeys, audit }, { member }) => {
        if (!holdsGroupKey(member)) return refuse('not-a-holder')
        if ((await groupKeys.newest(group))?.number !== epoch) return refuse('epoch-moved')
        const before = (await groupKeys.note(group))?.version ?? 0
        if (before !== expectedVersion) return refuse('note-moved')
        await groupKeys.saveNote(group, { epoch, sealed, version: before + 1 })
        await audit.append({ kind: 'person', id: person.user }, { kind: 'group-note-saved', group })
        return ok(before + 1)
      },
    )
  }
}
