import type {
  ChangeMemberRefusal,
  ChangeSettingsRefusal,
  InviteRefusal,
  MapRoleRefusal,
  ResendRefusal,
  RestoreGroupRefusal,
  RestoreUserRefusal,
  SetConnectionRefusal,
} from '@latchkey/application'
import { type CreateScimTokenRefusal, type RequestResetRefusal, type RotateScimTokenRefusal, licenceHint } from '@latchkey/domain'
import { Problem } from '../account/problem.ts'

type Refusal =
  | ChangeMemberRefusal
  | ChangeSettingsRefusal
  | CreateScimTokenRefusal
  | InviteRefusal
  | MapRoleRefusal
  | ResendRefusal
  | RestoreGroupRefusal
  | RestoreUserRefusal
  | RotateScimTokenRefusal
  | RequestResetRefusal
  | SetConnectionRefusal
  | 'no-connection'
  | 'not-entitled'
  | 'token-not-found'

/** Which status each refusal has, and what to do about it. */
export function problemFrom(refusal: Refusal): Problem {
  switch (refusal) {
    case 'token-not-found':
      return new Problem(404, refusal, 'There is no such token.')
    case 'member-not-found':
    case 'user-not-found':
      return new Problem(404, refusal, 'There is no such person.')
    case 'group-not-found':
      return new Problem(404, refusal, 'There is no such group.')
    case 'no-connection':
      return new Problem(404, refusal, 'There is no single sign-on connection. Set one first.')
    case 'owner-linked':
      return new Problem(403, refusal, 'An owner signs in through this connection, so only an owner may pin another certificate.')
    case 'claim-not-allowed':
      return new Problem(
        400,
        refusal,
        'People may edit that claim themselves. Match preferred_username, upn or email against userName, or sub or oid against externalId.',
      )
    case 'claim-missing':
      return new Problem(400, refusal, 'Name the claim or attribute by which people are recognised.')
    case 'certificate-missing':
      return new Problem(400, refusal, 'Paste the certificate with which the provider signs.')
    case 'user-name-unusable':
      return new Problem(400, refusal, 'The user name takes 1 to 320 visible characters.')
    case 'user-name-taken':
      return new Problem(409, refusal, 'Somebody has this user name already, deactivated people included.')
    case 'address-invalid':
      return new Problem(400, refusal, 'An invitation goes to an e-mail address. Give one, or a user name that is one.')
    case 'not-entitled':
      return new Problem(403, refusal, `SCIM provisioning is not licensed here. ${licenceHint}`)
    case 'owners-only':
      return new Problem(403, refusal, 'Only an owner may do this.')
    case 'above-own-role':
      return new Problem(403, refusal, 'Nobody gives or takes a role above their own.')
    case 'description-invalid':
      return new Problem(400, refusal, 'The description takes 1 to 200 visible characters.')
    case 'name-invalid':
      return new Problem(400, refusal, 'The name takes 1 to 200 visible characters.')
    case 'ttl-invalid':
      return new Problem(400, refusal, 'A token lives 1 to 730 days, or for ever with 0.')
    case 'overlap-invalid':
      return new Problem(400, refusal, 'The overlap takes 0 to 168 hours.')
    case 'settings-out-of-range':
      return new Problem(
        400,
        refusal,
        'Audit events are kept for 30 to 3650 days, activity for 7 to 400, and 1 to 1000 keys are granted automatically within an hour.',
      )
    case 'too-many-tokens':
      return new Problem(409, refusal, 'Five tokens are usable already. Revoke one first.')
    case 'token-not-usable':
      return new Problem(409, refusal, 'This token is revoked or expired. Create a new one.')
    case 'member-is-owner':
      return new Problem(409, refusal, 'This is an owner. Take the role away first.')
    case 'managed-by-scim':
      return new Problem(409, refusal, 'This person is managed by the identity provider. Make the change there.')
    case 'nothing-to-set-up':
      return new Problem(409, refusal, 'This person has an encryption key, or may not make one.')
    case 'no-address':
      return new Problem(409, refusal, 'No mail address is known of this person. Add one in the identity provider.')
    case 'mail-switched-off':
      return new Problem(409, refusal, 'Set-up mails are switched off. An owner can switch them on under Settings.')
    case 'not-deleted':
      return new Problem(409, refusal, 'This person is not deleted.')
    case 'no-key':
      return new Problem(409, refusal, 'This person has no encryption key yet.')
    case 'already-requested':
      return new Problem(409, refusal, 'A reset is requested already. It can be cancelled until it takes effect.')
    case 'retention-over':
      return new Problem(409, refusal, 'The 30 days in which a deletion can be undone are over.')
    case 'name-taken':
      return new Problem(409, refusal, 'Somebody or something else has this name now. Rename or delete that first.')
  }
}
