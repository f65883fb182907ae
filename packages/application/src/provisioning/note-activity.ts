import type { OrganizationId } from '@latchkey/domain'
import type { NewActivity, RequestCount } from '../ports/activity-store.ts'
import type { Storage } from '../ports/storage.ts'

/** A failed request, from which nothing else is left. */
export type FailedRequest = NewActivity & { readonly outcome: 'failed' }

export class NoteActivity {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** What was gathered of many requests, once they were answered: none of them waited for it. */
  execute(organization: OrganizationId, failed: readonly FailedRequest[], counts: readonly RequestCount[]): Promise<void> {
    return this.#storage.transaction(organization, async ({ activity }) => {
      await activity.append(failed)
      await activity.count(counts)
    })
  }
}
