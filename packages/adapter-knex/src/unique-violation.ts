import { type UniqueAttribute, UniqueNameTaken } from '@latchkey/application'

const attributes: Readonly<Record<string, UniqueAttribute>> = {
  users_user_name: 'userName',
  users_external_id: 'externalId',
  groups_display_name: 'displayName',
  groups_external_id: 'externalId',
  organizations_slug_key: 'slug',
}

/** The answer of a write, or `UniqueNameTaken` where a unique index refused it (DAT-1). */
export async function namesTaken<Answer>(write: Promise<Answer>): Promise<Answer> {
  try {
    return await write
  } catch (error) {
    const constraint = error instanceof Error && 'constraint' in error ? String(error.constraint) : ''
    const attribute = Object.hasOwn(attributes, constraint) ? attributes[constraint] : undefined
    throw attribute ? new UniqueNameTaken(attribute) : error
  }
}
