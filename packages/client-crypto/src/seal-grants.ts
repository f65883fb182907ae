import { type SealedGrant, sealGrant } from './grant.ts'
import type { GroupKey } from './group-key.ts'
import type { KnownKeys } from './key-log.ts'
import type { PeoplePins } from './people.ts'
import { type Recipient, checkRecipients } from './recipients.ts'
import type { UnlockedKey } from './unlock.ts'

/** As many as the server takes in one request. */
export const grantsPerBatch = 100

/** All that sealing needs, in a form that can be handed to a worker: private keys go as keys that cannot be taken out. */
export interface SealingWish {
  readonly unlocked: UnlockedKey
  readonly key: GroupKey
  readonly recipients: readonly Recipient[]
  readonly known: KnownKeys
  readonly people: PeoplePins
}

/**
 * Seals a group's key to many, and hands the grants out as they come: what was sent stays when the page is closed half-way, and the rest waits. Everybody
 * is checked before the first is sealed to.
 */
export async function* sealGrants({ unlocked, key, recipients, known, people }: SealingWish): AsyncGenerator<readonly SealedGrant[]> {
  const { recipients: checked } = checkRecipients(recipients, { known, people, holders: key.holders })
  for (let start = 0; start < checked.length; start += grantsPerBatch) {
    const batch = checked.slice(start, start + grantsPerBatch)
    yield await Promise.all(batch.map(({ statement, approval }) => sealGrant(unlocked, key, statement, approval)))
  }
}
