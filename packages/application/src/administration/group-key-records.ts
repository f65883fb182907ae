import type { GroupId, UserId } from '@latchkey/domain'
import { queueMax } from '../group-keys/read-group-keys.ts'
import type { GroupKeyMember, GroupKeySummary, PublicGrant, Waiting } from '../ports/group-key-store.ts'
import type { Storage } from '../ports/storage.ts'
import type { Administrator } from './administrator.ts'

/** What administrators and other services may know of a group's key: who can open it, and who said so. */
export class GroupKeyRecords {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  summary({ organization }: Administrator, group: GroupId): Promise<GroupKeySummary | undefined> {
    return this.#storage.read(organization.id, ({ groupKeys }) => groupKeys.summary(group))
  }

  /** Those of the users who are members, as the group's key sees them. */
  members({ organization }: Administrator, group: GroupId, users: readonly UserId[]): Promise<readonly GroupKeyMember[]> {
    return this.#storage.read(organization.id, ({ groupKeys }) => groupKeys.members(group, users))
  }

  page(
    { organization }: Administrator,
    group: GroupId,
    page: { readonly which: 'all' | 'holding' | 'waiting'; readonly after: number; readonly limit: number },
  ): Promise<readonly GroupKeyMember[]> {
    return this.#storage.read(organization.id, ({ groupKeys }) => groupKeys.page(group, page))
  }

  /** The first thousand who wait for any key, each with how many can give it. */
  waiting({ organization }: Administrator): Promise<readonly (Waiting & { readonly holders: number })[]> {
    return this.#storage.read(organization.id, async ({ groupKeys }) => {
      const waiting = await groupKeys.waitingFor(null, queueMax)
      const groups = [...new Set(waiting.map(({ group }) => group.id))]
      const summaries = await Promise.all(groups.map((group) => groupKeys.summary(group)))
      const holders = new Map(summaries.map((summary) => [summary?.group.id, summary?.holders ?? 0]))
      return waiting.map((one) => ({ ...one, holders: holders.get(one.group.id) ?? 0 }))
    })
  }

  /** What was signed, never what was sealed: a service can check who holds the key, and open nothing. */
  grants(
    { organization }: Administrator,
    group: GroupId,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly (PublicGrant & { readonly member: GroupKeyMember })[]> {
    return this.#storage.read(organization.id, ({ groupKeys }) => groupKeys.effectiveGrants(group, page))
  }
}
