import type { GroupKeyMember, GroupKeySummary, OwnGroup, ShownGroupKey, Waiting } from '@latchkey/application'
import { type GroupKeyState, groupKeyState, membershipStatus, waitingBecause } from '@latchkey/domain'

const iso = (instant: number) => new Date(instant).toISOString()

/** A group's key, as members and administrators are told of it. */
export function keyView(summary: GroupKeySummary) {
  const { epoch, holders, waiting } = summary
  const state = stateOf(summary)
  return {
    state: state.state,
    epoch: epoch?.number ?? null,
    maker: epoch?.maker ?? null,
    madeAt: epoch ? iso(epoch.madeAt) : null,
    holders,
    waiting,
    reasons: state.state === 'rotation-due' ? state.reasons.map(({ user, userName, how }) => ({ userId: user, userName, how })) : [],
  }
}

export function stateOf({ epoch, holders, departures }: GroupKeySummary): GroupKeyState {
  return groupKeyState({ epoch: epoch?.number ?? null, holders, departures })
}

export function ownGroupView({ summary, own }: OwnGroup) {
  const { id, displayName } = summary.group
  return { id, displayName, key: keyView(summary), status: membershipStatus(own, { isKeyed: summary.epoch !== null }) }
}

/** `because` is said of whoever waits, and means nothing of others. */
export function memberView(member: GroupKeyMember) {
  const { user, userName, displayName, position, since, directory, key, grant } = member
  return {
    userId: user,
    userName,
    displayName,
    position,
    since: iso(since),
    isEnabled: directory === 'enabled',
    key: key && { version: key.version, fingerprint: key.fingerprint, registeredAt: iso(key.registeredAt) },
    grant: grant && { issuer: grant.issuer, approval: grant.approval, at: iso(grant.at), isBeforeReturn: grant.isBeforeReturn },
    because: waitingBecause(member),
  }
}

export function waitingView({ group, epoch, member, since }: Waiting) {
  return { group, epoch, member: memberView(member), since: iso(since) }
}

export function shownKeyView({ epochs, grant }: ShownGroupKey) {
  return {
    epochs: epochs.map(({ statement, signature, roster, grants }) => ({
      statement,
      signature,
      roster: roster.map(({ user, fingerprint }) => ({ userId: user, fingerprint })),
      grants,
    })),
    grant,
  }
}
