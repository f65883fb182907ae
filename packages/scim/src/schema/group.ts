import { attribute } from './attribute.ts'
import type { Schema } from './schema.ts'

/** The Group schema (RFC 7643 §4.2). `displayName` is required, as the text says and the sample does not (D-7). Groups are flat. */
export const groupSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'Group',
  attributes: [
    attribute('displayName', 'The name of the group; unique in the organisation.', { required: true, uniqueness: 'server' }),
    attribute('members', 'The users in the group, whatever their status.', {
      multiValued: true,
      subAttributes: [
        attribute('value', "The user's id.", { caseExact: true, mutability: 'immutable' }),
        attribute('$ref', "The user's address.", { type: 'reference', caseExact: true, mutability: 'immutable', referenceTypes: ['User'] }),
        attribute('type', 'Members are users: groups are flat.', { mutability: 'immutable', canonicalValues: ['User'] }),
        attribute('display', "The user's name.", { mutability: 'readOnly' }),
      ],
    }),
  ],
}
