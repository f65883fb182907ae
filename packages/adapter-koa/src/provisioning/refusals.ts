import type {
  ChangeGroupRefusal,
  ChangeUserRefusal,
  CreateGroupRefusal,
  CreateUserRefusal,
  CursorRefusal,
  DeleteGroupRefusal,
  DeleteUserRefusal,
} from '@latchkey/application'
import { licenceHint } from '@latchkey/domain'
import { ScimError } from '@latchkey/scim'

type Refusal =
  | ChangeGroupRefusal
  | ChangeUserRefusal
  | CreateGroupRefusal
  | CreateUserRefusal
  | CursorRefusal
  | DeleteGroupRefusal
  | DeleteUserRefusal

/** What the business refuses, in the words of RFC 7644 §3.12. */
export function scimErrorFrom(refusal: Refusal): ScimError {
  switch (refusal.kind) {
    case 'user-not-found':
      return notFound('User')
    case 'group-not-found':
      return notFound('Group')
    case 'user-is-owner':
      return new ScimError(403, undefined, 'Owners are managed in the console, never by provisioning; take the owner role away first.')
    case 'not-entitled':
      return new ScimError(
        403,
        undefined,
        `SCIM provisioning is not licensed here: users and groups can be read and removed, but not created, enabled or changed. ${licenceHint}`,
      )
    case 'group-managed-locally':
      return new ScimError(403, undefined, 'This group is managed in the console, not by provisioning.')
    case 'version-moved':
      return new ScimError(412, undefined, 'The resource has changed since the version in If-Match; read it again.')
    case 'name-unusable':
      return new ScimError(400, 'invalidValue', `${refusal.attribute} must be visible text without control characters.`)
    case 'name-taken':
      return new ScimError(409, 'uniqueness', `Another resource of this organisation has this ${refusal.attribute}.`)
    case 'manager-unknown':
      return new ScimError(400, 'invalidValue', 'manager.value must be the id of a user of this organisation.')
    case 'members-not-found':
      return new ScimError(
        400,
        'invalidValue',
        `No user has the id ${refusal.values.map((value) => JSON.stringify(value.slice(0, 80).toWellFormed())).join(', ')}.`,
      )
    case 'cursor-invalid':
      return new ScimError(400, 'invalidCursor', 'This cursor does not continue this query; begin again with an empty cursor.')
    case 'cursor-expired':
      return new ScimError(400, 'expiredCursor', 'This cursor has expired; begin again with an empty cursor.')
    case 'cursor-count-changed':
      return new ScimError(400, 'invalidCount', 'count must stay the same from page to page.')
  }
}

/** One answer for what is deleted, foreign or was never there (TEN-3). */
export function notFound(type: 'User' | 'Group'): ScimError {
  return new ScimError(404, undefined, `There is no such ${type}.`)
}
