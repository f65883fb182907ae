import {
  type Organization,
  type OrganizationSettings,
  type Result,
  isOrganizationName,
  ok,
  refuse,
  settingsAreInRange,
} from '@latchkey/domain'
import type { Storage } from '../ports/storage.ts'
import { type Administrator, may } from './administrator.ts'

export type ChangeSettingsRefusal = 'owners-only' | 'name-invalid' | 'settings-out-of-range'

export class ChangeSettings {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** What is not named stays as it is. */
  execute(
    { organization, actor, role }: Administrator,
    wish: { readonly name?: string | undefined; readonly settings?: Partial<OrganizationSettings> | undefined },
  ): Promise<Result<Organization, ChangeSettingsRefusal>> {
    return this.#storage.transaction(organization.id, async (stores) => {
      if (!may({ role }, 'owner')) {
        await stores.audit.append(actor, { kind: 'action-refused', action: 'change-settings', reason: 'owners-only' })
        return refuse('owners-only')
      }
      const before = await stores.organization.lock()
      const settings = { ...before.settings, ...wish.settings }
      const name = wish.name ?? before.name
      if (!isOrganizationName(name)) return refuse('name-invalid')
      if (!settingsAreInRange(settings)) return refuse('settings-out-of-range')
      const changed = [
        ...(name === before.name ? [] : ['name']),
        ...names(settings).filter((setting) => settings[setting] !== before.settings[setting]),
      ]
      if (changed.length === 0) return ok(before)
      const after = { ...before, name, settings }
      await stores.organization.save(after)
      await stores.audit.append(actor, { kind: 'settings-changed', settings: changed })
      return ok(after)
    })
  }
}

function names(settings: OrganizationSettings): readonly (keyof OrganizationSettings)[] {
  return Object.keys(settings) as (keyof OrganizationSettings)[]
}
