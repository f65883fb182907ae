import { type GroupId, type Result, ok, refuse, waitsForGroupKey } from '@latchkey/domain'
import type { Person } from '../account/person.ts'
import type { Storage } from '../ports/storage.ts'
import { type MemberRefusal, asMember } from './as-member.ts'
import type { HolderMail } from './holder-mail.ts'

/** Somebody who waits asks for the key. They are in the queue without it; asking only tells the holders. */
export class RequestGroupKey {
  readonly #storage: Storage
  readonly #mail: HolderMail

  constructor(ports: { storage: Storage; mail: HolderMail }) {
    this.#storage = ports.storage
    this.#mail = ports.mail
  }

  execute(person: Person, group: GroupId): Promise<Result<void, MemberRefusal | 'nothing-to-request'>> {
    return asMember<void, 'nothing-to-request'>(this.#storage, person, { group, purpose: 'read' }, async (stores, { member }) => {
      const summary = await stores.groupKeys.summary(group)
      if (!summary?.epoch || !waitsForGroupKey(member)) return refuse('nothing-to-request')
      await this.#mail.queue(stores, person.organization, [summary.group])
      return ok(undefined)
    })
  }
}
