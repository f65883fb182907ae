import { type UniqueAttribute, UniqueNameTaken } from '@latchkey/application'

const attributes: Readonly<Record<string, UniqueAttribute>> = {
  users_user_name: 'userName',
  users_external_id: 'externalId',
  groups_display_name: 'displayName',
  groups_external_id: 'externalId',
  organizations_slug_key: 'slug',
}

/** The error of a write, or `UniqueNameTaken` where it was a unique index that refused it (DAT-1). */
export function nameTaken(error: unknown): unknown {
  const constraint = error instanceof Error && 'constraint' in error ? String(error.constraint) : ''
  const attribute = Object.hasOwn(attributes, constraint) ? attributes[constraint] : undefined
  return attribute ? new UniqueNameTaken(attribute) : error
}
