import { type Actor, type Group, type GroupId, hourMs } from '@latchkey/domain'
import { groupType } from '@latchkey/scim'
import type { Activity, ActivityFilter, RequestCount } from '../ports/activity-store.ts'
import type { AuditEntry, AuditFilter, PersonalFields } from '../ports/audit-trail.ts'
import type { Position } from '../ports/directory-store.ts'
import type { PersonalSeals } from '../ports/secrets.ts'
import type { Storage } from '../ports/storage.ts'
import { actorNames } from './actor-names.ts'
import type { Administrator } from './administrator.ts'
import { directoryFilter } from './directory-filter.ts'

/** An event as an auditor reads it: `told` is what it says of its person, null once they are erased or while it is not sealed. */
export interface ReadableEvent extends Omit<AuditEntry, 'personal' | 'personalKey'> {
  readonly told: PersonalFields | null
  /** What the actor is called now; null for the operator, the clock, nobody, and whoever is no more. */
  readonly actorName: string | null
}

const exportPageSize = 500

interface Page {
  readonly before: number | null
  readonly limit: number
}

/** What administrators and auditors read and nobody writes. */
export class ReadRecords {
  readonly #storage: Storage
  readonly #personalSeals: PersonalSeals

  constructor(ports: { storage: Storage; personalSeals: PersonalSeals }) {
    this.#storage = ports.storage
    this.#personalSeals = ports.personalSeals
  }

  activity({ organization }: Administrator, filter: ActivityFilter, page: Page): Promise<readonly Activity[]> {
    return this.#storage.read(organization.id, ({ activity }) => activity.list(filter, page))
  }

  /** What was counted of the last hours, by token and hour, in order of time. */
  requestCounts({ organization }: Administrator, hours: number): Promise<readonly RequestCount[]> {
    return this.#storage.read(organization.id, ({ activity, now }) => activity.counts(now - hours * hourMs))
  }

  async audit({ organization }: Administrator, filter: AuditFilter, page: Page): Promise<readonly ReadableEvent[]> {
    const { entries, nameOf } = await this.#storage.read(organization.id, async (stores) => {
      const found = await stores.auditTrail.list(filter, page)
      const actors = found.map(({ actor }) => actor)
      return { entries: found, nameOf: await actorNames(stores, actors) }
    })
    return entries.map(({ personal, personalKey, ...entry }) => {
      const text = personal === null || personalKey === null ? undefined : this.#personalSeals.open(personalKey, personal)
      return { ...entry, actorName: nameOf(entry.actor), told: text === undefined ? null : (JSON.parse(text) as PersonalFields) }
    })
  }

  /** Every event that the filter names, the latest first: read while it is sent, so that a hundred thousand take the memory of one page. */
  async *auditPages(administrator: Administrator, filter: AuditFilter): AsyncGenerator<readonly ReadableEvent[]> {
    let before: number | null = null
    for (;;) {
      const page: readonly ReadableEvent[] = await this.audit(administrator, filter, { before, limit: exportPageSize })
      yield page
      const last = page.at(-1)
      if (!last || page.length < exportPageSize) return
      before = last.id
    }
  }

  /** What these are called now. */
  actorNames({ organization }: Administrator, actors: readonly Actor[]): Promise<(actor: Actor) => string | null> {
    return this.#storage.read(organization.id, (stores) => actorNames(stores, actors))
  }

  /** In the order of creation. `text` is part of a name. */
  groups(
    { organization }: Administrator,
    text: string | null,
    page: { readonly after: Position | null; readonly limit: number },
  ): Promise<{ readonly total: number; readonly groups: readonly Group[]; readonly next: Position | null }> {
    const filter = directoryFilter(groupType, text === null ? [] : [`displayName co ${JSON.stringify(text)}`])
    return this.#storage.read(organization.id, async ({ directory }) => {
      const { total, items, next } = await directory.list({
        selections: [{ type: 'Group', filter, sortBy: null }],
        descending: false,
        page: { kind: 'after', position: page.after, limit: page.limit },
        wants: { groups: false, members: false },
      })
      return { total, groups: items.flatMap((item) => (item.type === 'Group' ? [item.view.record.group] : [])), next }
    })
  }

  group({ organization }: Administrator, id: GroupId): Promise<Group | undefined> {
    return this.#storage.read(organization.id, async ({ groups }) => (await groups.get(id, { members: false }))?.record.group)
  }
}
