import type { GroupId } from '@latchkey/domain'
import type { Locations } from '../addresses.ts'
import type { GroupRecord, GroupText, GroupView, MembersPortion, MembersText } from '../ports/group-store.ts'
import type { Storage } from '../ports/storage.ts'
import type { ScimCaller } from './scim-caller.ts'
import { glanceFor } from './storage-for-caller.ts'

/** A group of so many is answered in one piece. */
const wholeMax = 1_000
/** Some 400 kB of text. */
const portionMax = 2_000

export class GetGroup {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** Undefined for a group that is deleted, of another organisation or of none. Members are read only where they are wanted. */
  execute(caller: ScimCaller, id: GroupId, wants: { readonly members: boolean }): Promise<GroupView | undefined> {
    return glanceFor(this.#storage, caller, ({ groups }) => groups.get(id, wants))
  }

  /** The same with its members as text, unless they are too many to be answered in one piece. */
  text(caller: ScimCaller, id: GroupId, locations: Locations): Promise<GroupText | undefined> {
    return glanceFor(this.#storage, caller, ({ groups }) => groups.text(id, { locations, membersMax: wholeMax }))
  }

  /**
   * A group of any size, all of it as it was at one moment. `answer` is told of its members in portions; it takes the next when it has room for it, and
   * nobody holds more than two. Undefined, and no answer, where there is no such group. What `answer` throws ends the reading.
   */
  inPortions<Answer>(
    caller: ScimCaller,
    id: GroupId,
    locations: Locations,
    answer: (record: GroupRecord, portions: AsyncIterable<MembersText>) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    return this.#storage.read(caller.organization.id, async ({ groups, scimTokens }) => {
      const portion = (after: number) => groups.portion(id, { locations, after, limit: portionMax })
      // Nobody is told anything before it is known that they may ask.
      const [view, first] = await Promise.all([groups.get(id, { members: false }), portion(0), caller.admission.ask(scimTokens)])
      return view && answer(view.record, following(first, portion))
    })
  }
}

/** Portion after portion; while one is being sent the next is being read. */
async function* following(first: MembersPortion, portion: (after: number) => Promise<MembersPortion>): AsyncGenerator<MembersText> {
  let { text, next } = first
  while (next !== null) {
    const read = portion(next)
    // Whoever stops listening does not hear of it.
    read.catch(() => {})
    yield text
    ;({ text, next } = await read)
  }
  yield text
}
