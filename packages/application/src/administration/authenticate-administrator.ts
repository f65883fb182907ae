import { type Result, type Role, apiTokenPublicId, isUseWorthNoting, ok, refuse, scimTokenState } from '@latchkey/domain'
import type { Person } from '../account/person.ts'
import type { ApiCredentials } from '../ports/api-token-store.ts'
import type { SecretDigests } from '../ports/secrets.ts'
import type { Storage } from '../ports/storage.ts'
import type { Administrator } from './administrator.ts'
import { effectiveRoles } from './effective-roles.ts'

/** Who may ask the admin API: the bearer of an API token, or a person in a session of theirs. */
export class AuthenticateAdministrator {
  readonly #storage: Storage
  readonly #credentials: ApiCredentials
  readonly #digests: SecretDigests

  constructor(ports: { storage: Storage; credentials: ApiCredentials; digests: SecretDigests }) {
    this.#storage = ports.storage
    this.#credentials = ports.credentials
    this.#digests = ports.digests
  }

  /** `presented` is what stood behind `Bearer`. Unknown, expired and revoked are one refusal (TOK-7). */
  async byToken(presented: string): Promise<Result<Administrator, 'not-authenticated'>> {
    const publicId = apiTokenPublicId(presented)
    if (publicId === undefined) return refuse('not-authenticated')
    const credential = await this.#credentials.find(publicId)
    if (!credential || !this.#digests.matches(presented, credential.digest)) return refuse('not-authenticated')
    const { organization, token, now } = credential
    if (scimTokenState(token, now) !== 'usable') return refuse('not-authenticated')
    if (isUseWorthNoting(token, now)) await this.#credentials.noteUse(organization.id, token.id)
    return ok({ organization, actor: { kind: 'api-token', id: token.id }, role: token.role })
  }

  /** Whoever has no encryption key yet may only make one; everybody else has the role that they have now. */
  byPerson({ organization, user: id }: Person): Promise<Result<Administrator, 'not-authenticated' | 'set-up-first'>> {
    return this.#storage.read(organization.id, async (stores) => {
      const view = await stores.users.get(id, { groups: false })
      if (view?.record.user.directory !== 'enabled') return refuse('not-authenticated')
      if (view.record.user.encryptionKey.state !== 'registered') return refuse('set-up-first')
      const role: Role = (await effectiveRoles(stores, organization, [view.record.user])).get(id) ?? organization.settings.defaultRole
      return ok({ organization, actor: { kind: 'person', id }, role })
    })
  }

  /** That somebody asked for what their role does not allow. */
  noteRefusal({ organization, actor }: Administrator, operation: string): Promise<void> {
    return this.#storage.transaction(organization.id, ({ audit }) =>
      audit.append(actor, { kind: 'action-refused', action: 'administer', reason: 'role-too-low', operation }),
    )
  }
}
