import { dayMs } from '@latchkey/domain'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { Storage } from '../ports/storage.ts'

/** Bodies of failed requests are for looking into a failure, and hold personal data. */
const bodiesMs = 7 * dayMs

export class ExpireActivity {
  readonly #storage: Storage
  readonly #register: OrganizationRegister

  constructor(ports: { storage: Storage; register: OrganizationRegister }) {
    this.#storage = ports.storage
    this.#register = ports.register
  }

  /** Asked by the clock: takes away what each organisation no longer wants to keep. */
  async execute(): Promise<void> {
    for (const { id, settings } of await this.#register.list()) {
      await this.#storage.transaction(id, ({ activity, now }) =>
        activity.expire({ entries: now - settings.activityRetentionDays * dayMs, bodies: now - bodiesMs }),
      )
    }
  }
}
