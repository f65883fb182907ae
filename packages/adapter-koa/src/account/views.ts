import { type KeyLogEntry, type Session, freshSignInMs, userStatus } from '@latchkey/domain'
import type { Account, KeyChallenge, RegisteredAccountKey, ReleasedKeys } from '@latchkey/application'

const iso = (instant: number) => new Date(instant).toISOString()

export function accountView({ organization, user, role, displayName, session, statement }: Account, csrfToken: string) {
  const key = user.encryptionKey
  return {
    csrfToken,
    organization: { id: organization.id, slug: organization.slug, name: organization.name },
    user: { id: user.id, userName: user.userName, displayName, role },
    via: session.via,
    authenticatedAt: iso(session.authenticatedAt),
    freshUntil: iso(session.authenticatedAt + freshSignInMs),
    status: userStatus(user),
    unlockedAt: session.unlockedAt === null ? null : iso(session.unlockedAt),
    encryptionKey:
      key.state === 'registered' && statement
        ? {
            version: key.version,
            fingerprint: key.fingerprint,
            registeredAt: iso(key.registeredAt),
            ...statementView(statement),
            setVersion: key.protectedPrivateKeys.version,
          }
        : null,
    resetRequest:
      key.state === 'registered' && key.resetRequest
        ? { requestedAt: iso(key.resetRequest.requestedAt), effectiveAt: iso(key.resetRequest.effectiveAt) }
        : null,
  }
}

export function challengeView({ nonce, time, expiresAt, organization, user, version, previousStatement }: KeyChallenge) {
  return {
    nonce,
    time: iso(time),
    expiresAt: iso(expiresAt),
    organizationId: organization.id,
    userId: user,
    version,
    previousStatement,
  }
}

export function registeredView({ entry, fingerprint, registeredAt }: RegisteredAccountKey, csrfToken: string) {
  return { version: entry.version, fingerprint, ...statementView(entry), registeredAt: iso(registeredAt), csrfToken }
}

export function releasedView({ protectedKeys, statement }: ReleasedKeys) {
  return { protectedKeys, ...statementView(statement) }
}

export function sessionView({ id, authenticatedAt, lastUsedAt, address, userAgent, via }: Session, current: Session['id']) {
  return { id, current: id === current, createdAt: iso(authenticatedAt), lastUsedAt: iso(lastUsedAt), address, userAgent, via }
}

export function keyLogView(entry: KeyLogEntry) {
  const { sequence, hash, previousHash, user, version, at } = entry
  return { sequence, hash, previousHash, ...statementView(entry), userId: user, version, at: iso(at) }
}

function statementView({ statement, statementSignature, previousSignature }: KeyLogEntry) {
  return { statement, statementSignature, previousSignature }
}
