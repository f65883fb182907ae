import { type GroupId, type Instant, type Organization, type UserId, dayMs } from '@latchkey/domain'
import type { AccountMail } from '../account/account-mail.ts'
import type { ReadStores, Stores } from '../ports/storage.ts'

/** So many of a group's holders are told: one is enough to grant, and nobody should hear it from a hundred. */
const holdersToldMax = 5

/** What is told to a holder of one or several groups. */
interface Told {
  readonly groups: readonly string[]
}

/** Asks holders to look whom they can give a key: each of them once a day at most, whoever asks and for however many groups. */
export class HolderMail {
  readonly #mail: AccountMail

  constructor(ports: { mail: AccountMail }) {
    this.#mail = ports.mail
  }

  /** Queues the mails about groups in which somebody waits, in the transaction that found them. */
  async queue(
    stores: Pick<Stores, 'users' | 'groupKeys' | 'mailLog' | 'outbox' | 'now'>,
    organization: Organization,
    groups: readonly { readonly id: GroupId; readonly displayName: string }[],
  ): Promise<void> {
    for (const [user, { groups: names }] of await holdersOf(stores, groups)) {
      const record = (await stores.users.get(user, { groups: false }))?.record
      const mail = record && this.#mail.compose(organization, record, { kind: 'group-key-awaited', groups: names }, dayOf(stores.now))
      if (mail && !(await stores.mailLog.wasSent(mail.key))) await stores.outbox.append(mail)
    }
  }
}

async function holdersOf(
  { groupKeys }: Pick<ReadStores, 'groupKeys'>,
  groups: readonly { readonly id: GroupId; readonly displayName: string }[],
): Promise<ReadonlyMap<UserId, Told>> {
  const told = new Map<UserId, Told>()
  for (const { id, displayName } of groups) {
    for (const { user } of await groupKeys.page(id, { which: 'holding', after: 0, limit: holdersToldMax })) {
      told.set(user, { groups: [...(told.get(user)?.groups ?? []), displayName] })
    }
  }
  return told
}

/** The day in UTC: what tells two mails to one person apart. */
function dayOf(now: Instant): string {
  return String(Math.floor(now / dayMs))
}
