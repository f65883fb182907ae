import { type Actor, type Organization, type Role, isAtLeast } from '@latchkey/domain'

/** Who asks, and as what: from a session or an API token, and from nothing else (TEN-1). */
export interface Administrator {
  readonly organization: Organization
  readonly actor: Actor
  /** The effective role, as it was when the request was authenticated. */
  readonly role: Role
}

/** Who asks on the command line: whoever can run commands on the server. */
export function operatorOf(organization: Organization): Administrator {
  return { organization, actor: { kind: 'operator' }, role: 'owner' }
}

export function may({ role }: Pick<Administrator, 'role'>, least: Role): boolean {
  return isAtLeast(role, least)
}
