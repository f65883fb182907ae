import { type OutgoingMail, addresses } from '@latchkey/application'
import {
  knexApiCredentials,
  knexOrganizationRegister,
  knexOwnerLinkCredentials,
  knexScimCredentials,
  knexSessionCredentials,
  knexSsoRegister,
  knexStorage,
} from '@latchkey/adapter-knex'
import type { OrganizationId } from '@latchkey/domain'
import { testDatabase } from '../database.ts'
import type { StorageUnderTest } from './storage.contract.ts'

export async function openPostgres(): Promise<StorageUnderTest> {
  const { locations } = addresses('http://localhost:8080')
  const { database, close } = await testDatabase()
  /** Rows of one organisation, as row-level security shows them. */
  const rowsOf = <Row>(organization: OrganizationId, text: string): Promise<readonly Row[]> =>
    database.knex.transaction(async (transaction) => {
      await transaction.raw("select set_config('latchkey.organization', ?, true)", [organization])
      const answer: { readonly rows: Row[] } = await transaction.raw(text)
      return answer.rows
    })
  return {
    storage: knexStorage(database, { locations }),
    register: knexOrganizationRegister(database),
    credentials: knexScimCredentials(database),
    apiCredentials: knexApiCredentials(database),
    sessionCredentials: knexSessionCredentials(database),
    ownerLinkCredentials: knexOwnerLinkCredentials(database),
    ssoRegister: knexSsoRegister(database),
    locations,
    events: (organization) =>
      rowsOf(organization, 'select (extract(epoch from at) * 1000)::double precision as at, actor, event from audit_events order by id'),
    ownerLinks: (organization) =>
      rowsOf(organization, `select user_id as "user", json_build_object('hmac', hmac, 'keyId', hmac_key_id) as digest from owner_links`),
    async queuedMails(organization) {
      const rows = await rowsOf<{ readonly mail: OutgoingMail }>(organization, 'select mail from outbox order by id')
      return rows.map(({ mail }) => mail)
    },
    close,
  }
}
