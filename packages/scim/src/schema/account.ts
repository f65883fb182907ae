import { attribute } from './attribute.ts'
import type { Schema } from './schema.ts'

/**
 * What provisioning cannot do and may know: how far a person has come with an encryption key of their own. Read-only throughout. SCIM's
 * `active` stays true for whoever still has to make a key, so that no provider "repairs" it in a loop.
 */
export const accountSchema: Schema = {
  id: 'urn:latchkey:scim:schemas:extension:account:1.0:User',
  name: 'Account',
  description: 'The encryption account of a user, which only the person sets up',
  attributes: [
    attribute('status', 'Where the user stands.', {
      mutability: 'readOnly',
      canonicalValues: ['pending-encryption-key', 'active', 'deactivated'],
    }),
    attribute('signedInOnce', 'Whether the user has ever signed in through single sign-on.', { type: 'boolean', mutability: 'readOnly' }),
    attribute('keyFingerprint', 'SHA-256 of the key statement, in hexadecimal digits.', { caseExact: true, mutability: 'readOnly' }),
    attribute('keyRegisteredAt', 'When the present encryption key was registered.', { type: 'dateTime', mutability: 'readOnly' }),
  ],
}
