import type { ScimCredential } from '@latchkey/application'
import { type Statement, statementOf } from './statement.ts'

/** `xmin` of the token's row and of the organisation's: it changes with every change of one of them, and with nothing else. */
const revisions = new WeakMap<ScimCredential, string>()

/** `revision` is both, with a space between them. */
export function noteRevision(credential: ScimCredential, revision: string): void {
  revisions.set(credential, revision)
}

/** Fails, and with it its transaction, where a credential is not any more what was read, or has expired since. */
export function holdCredential(credential: ScimCredential): Statement {
  const { organization, token } = credential
  const [tokenRevision = '', organizationRevision = ''] = revisions.get(credential)?.split(' ') ?? []
  return statementOf('scim-token-hold', holdText, [organization.id, token.id, tokenRevision, organizationRevision], { isHold: true })
}

const holdText = `select hold(count(*)) from scim_tokens join organizations on organizations.id = scim_tokens.org_id
  where scim_tokens.org_id = $1 and scim_tokens.id = $2 and scim_tokens.xmin = $3::xid and organizations.xmin = $4::xid
    and (scim_tokens.expires_at is null or scim_tokens.expires_at > clock_timestamp())`
