import { type UserId, isId, userId } from '@latchkey/domain'

export interface UnknownMembers {
  readonly kind: 'members-not-found'
  /** As they were sent; the first few. */
  readonly values: readonly string[]
}

/** The users that member values name, each once. A value that is no id of ours names nobody. */
export function usersNamed(values: readonly string[]): readonly UserId[] {
  return [...new Set(values.filter(isId).map(userId))]
}

/** A value that names nobody, somebody deleted or somebody of another organisation is unknown, and then nothing at all is applied. */
export function unknownMembers(values: readonly string[], isLive: (user: UserId) => boolean): UnknownMembers | null {
  const unknown = values.filter((value) => !isId(value) || !isLive(userId(value)))
  return unknown.length > 0 ? { kind: 'members-not-found', values: unknown.slice(0, 10) } : null
}
