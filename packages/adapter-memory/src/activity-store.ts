import { type ActivityAction, type Instant, canonicalText, groupId, isId, userId } from '@latchkey/domain'
import type { ActivityStore } from '@latchkey/application'
import type { Scope } from './realm.ts'

export function activityStore({ realm, now }: Scope): ActivityStore {
  const { activity, requestCounts } = realm
  const nameOf = (subject: string | null): string | null => {
    if (subject === null || !isId(subject)) return null
    return realm.users.get(userId(subject))?.record.user.userName ?? realm.groups.get(groupId(subject))?.record.group.displayName ?? null
  }
  return {
    async append(entries) {
      for (const entry of entries) {
        const id = (activity.values().at(-1)?.id ?? 0) + 1
        activity.set(id, { ...entry, id, at: now, name: entry.name ?? nameOf(entry.subject) })
      }
    },

    async count(counts) {
      for (const count of counts) {
        const key = `${count.hour} ${count.token}`
        const before = requestCounts.get(key)
        requestCounts.set(key, {
          ...count,
          reads: count.reads + (before?.reads ?? 0),
          writes: count.writes + (before?.writes ?? 0),
          failures: count.failures + (before?.failures ?? 0),
          slowestMs: Math.max(count.slowestMs, before?.slowestMs ?? 0),
          lastAt: Math.max(count.lastAt, before?.lastAt ?? 0),
        })
      }
    },

    async list({ outcome, action, token, text }, { before, limit }) {
      const key = text === null ? null : canonicalText(text)
      return activity
        .values()
        .toReversed()
        .filter(
          (entry) =>
            (before === null || entry.id < before) &&
            (outcome === null || entry.outcome === outcome) &&
            (action === null || entry.action === action) &&
            (token === null || entry.token === token) &&
            (key === null || [entry.name, entry.reason].some((value) => canonicalText(value ?? '').includes(key))),
        )
        .slice(0, limit)
    },

    counts: async (since) =>
      requestCounts
        .values()
        .filter(({ lastAt }) => lastAt >= since)
        .sort((a, b) => a.hour - b.hour),

    async removalsSince(since) {
      const removals = activity
        .values()
        .filter(
          ({ at, outcome, action }) => at >= since && outcome === 'changed' && (action === 'deactivate-user' || action === 'delete-user'),
        )
      return [...new Set(removals.map(({ token }) => token))].sort().map((token) => {
        const own = removals.filter((entry) => entry.token === token)
        const deleted = own.filter(({ action }) => action === 'delete-user')
        return {
          token,
          users: new Set(own.map(({ subject }) => subject)).size,
          deleted: new Set(deleted.map(({ subject }) => subject)).size,
        }
      })
    },

    async firsts() {
      const firsts = new Map<ActivityAction, Instant>()
      for (const { action, at, outcome } of activity.values()) if (outcome === 'changed' && !firsts.has(action)) firsts.set(action, at)
      return firsts
    },

    async expire({ entries, bodies }) {
      for (const entry of activity.values()) {
        if (entry.at < entries) activity.delete(entry.id)
        else if (entry.at < bodies && entry.body !== null) activity.set(entry.id, { ...entry, body: null })
      }
      for (const [key, { lastAt }] of requestCounts.entries()) if (lastAt < entries) requestCounts.delete(key)
    },

    async forget(subject) {
      for (const entry of activity.values()) if (entry.subject === subject) activity.delete(entry.id)
    },
  }
}
