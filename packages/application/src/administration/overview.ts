import {
  type ActivityAction,
  type Instant,
  type ScimToken,
  type ScimTokenId,
  type UserStatus,
  dayMs,
  scimTokenState,
} from '@latchkey/domain'
import { accountSchema, userType } from '@latchkey/scim'
import type { RequestCount } from '../ports/activity-store.ts'
import type { ReadStores, Storage } from '../ports/storage.ts'
import type { Administrator } from './administrator.ts'
import { directoryFilter } from './directory-filter.ts'

/** How the connection of one token is doing. */
export interface ConnectionHealth {
  readonly token: ScimToken
  readonly state: 'usable' | 'frozen' | 'revoked' | 'expired'
  /** Of the time for which counts are kept; null where there was no request. */
  readonly lastRequestAt: Instant | null
  /** Of the last 24 hours, by whole hours. */
  readonly requests: number
  readonly failures: number
  readonly slowestMs: number | null
}

export interface Overview {
  readonly members: Readonly<Record<Exclude<UserStatus, 'deleted'>, number>>
  /** When the one who waits longest for an encryption key was created. */
  readonly pendingSince: Instant | null
  readonly groups: number
  readonly connections: readonly ConnectionHealth[]
}

/** What the guided set-up waits for. Null until it was seen. */
export interface SetUpTicks {
  readonly tokenUsedAt: Instant | null
  readonly connectionTestedAt: Instant | null
  readonly firstUserAt: Instant | null
  readonly firstGroupAt: Instant | null
  readonly firstDeactivationAt: Instant | null
}

const statuses = ['pending-encryption-key', 'active', 'deactivated'] as const

export class ShowOverview {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  execute({ organization }: Administrator): Promise<Overview> {
    return this.#storage.read(organization.id, async (stores) => {
      const members = { 'pending-encryption-key': 0, active: 0, deactivated: 0 }
      let pendingSince: Instant | null = null
      for (const status of statuses) {
        const { total, items } = await ofStatus(stores, status)
        members[status] = total
        const [oldest] = items
        if (status === 'pending-encryption-key' && oldest?.type === 'User') pendingSince = oldest.view.record.createdAt
      }
      const groups = await stores.directory.list({
        selections: [{ type: 'Group', filter: null, sortBy: null }],
        descending: false,
        page: { kind: 'offset', offset: 0, limit: 0 },
        wants: nothing,
      })
      const counts = await stores.activity.counts(0)
      const connections = (await stores.scimTokens.list()).map((token) => healthOf(token, counts, stores.now))
      return { members, pendingSince, groups: groups.total, connections }
    })
  }

  /** What was seen of one token, or of any. */
  ticks({ organization }: Administrator, token: ScimTokenId | null): Promise<SetUpTicks> {
    return this.#storage.read(organization.id, async ({ activity, scimTokens }) => {
      const counts = (await activity.counts(0)).filter((count) => token === null || count.token === token)
      const firsts = await activity.firsts()
      const used = (await scimTokens.list()).flatMap(({ id, lastUsedAt }) =>
        (token === null || id === token) && lastUsedAt !== null ? [lastUsedAt] : [],
      )
      const first = (...actions: readonly ActivityAction[]) => least(actions.flatMap((action) => firsts.get(action) ?? []))
      return {
        tokenUsedAt: least(used),
        // Every provider's test asks for something; that it asked at all is what can be seen.
        connectionTestedAt: least(counts.flatMap(({ reads, hour }) => (reads > 0 ? [hour] : []))),
        firstUserAt: first('create-user'),
        firstGroupAt: first('create-group'),
        firstDeactivationAt: first('deactivate-user', 'delete-user'),
      }
    })
  }
}

const nothing = { groups: false, members: false }

function ofStatus({ directory }: Pick<ReadStores, 'directory'>, status: (typeof statuses)[number]) {
  const filter = directoryFilter(userType, [`${accountSchema.id}:status eq "${status}"`])
  return directory.list({
    selections: [{ type: 'User', filter, sortBy: null }],
    descending: false,
    page: { kind: 'offset', offset: 0, limit: 1 },
    wants: nothing,
  })
}

function healthOf(token: ScimToken, counts: readonly RequestCount[], now: Instant): ConnectionHealth {
  const own = counts.filter((count) => count.token === token.id)
  const recent = own.filter(({ lastAt }) => lastAt >= now - dayMs)
  const sum = (of: (count: RequestCount) => number) => recent.reduce((total, count) => total + of(count), 0)
  const state = scimTokenState(token, now)
  return {
    token,
    state: state === 'usable' && token.frozenAt !== null ? 'frozen' : state,
    lastRequestAt: own.length === 0 ? null : Math.max(...own.map(({ lastAt }) => lastAt)),
    requests: sum(({ reads, writes, failures }) => reads + writes + failures),
    failures: sum(({ failures }) => failures),
    slowestMs: recent.length === 0 ? null : Math.max(...recent.map(({ slowestMs }) => slowestMs)),
  }
}

function least(instants: readonly Instant[]): Instant | null {
  return instants.length === 0 ? null : Math.min(...instants)
}
