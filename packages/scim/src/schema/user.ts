import { type Attribute, attribute } from './attribute.ts'
import type { Schema } from './schema.ts'

const primary = attribute('primary', 'Whether this is the preferred value; true at most once.', { type: 'boolean' })

/** The User schema (RFC 7643 §4.1), without `password`: nothing here ever authenticates or decrypts with a password of the directory's. */
export const userSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'User Account',
  attributes: [
    attribute('userName', 'The name by which the user is known to the provisioning client; unique in the organisation.', {
      required: true,
      uniqueness: 'server',
    }),
    attribute('name', "The components of the user's name.", {
      subAttributes: [
        attribute('formatted', 'The full name, as it is displayed.'),
        attribute('familyName', 'The family name.'),
        attribute('givenName', 'The given name.'),
        attribute('middleName', 'The middle names.'),
        attribute('honorificPrefix', 'The honorific prefixes, such as "Ms.".'),
        attribute('honorificSuffix', 'The honorific suffixes, such as "III".'),
      ],
    }),
    attribute('displayName', 'The name to display to others.'),
    attribute('nickName', 'The casual name.'),
    attribute('profileUrl', "The address of the user's profile elsewhere.", {
      type: 'reference',
      caseExact: true,
      referenceTypes: ['external'],
    }),
    attribute('title', 'The user\'s title, such as "Vice President".'),
    attribute('userType', 'The relationship between the user and the organisation, such as "Contractor".'),
    attribute('preferredLanguage', 'The preferred written or spoken language, as in the Accept-Language header.'),
    attribute('locale', 'The location by which currency, dates and numbers are formatted, such as "en-US".'),
    attribute('timezone', 'The time zone, such as "Europe/Berlin".'),
    attribute('active', 'Whether the user may use the service. Deactivating ends every session and withholds every key grant.', {
      type: 'boolean',
    }),
    plural('emails', 'E-mail addresses. The primary one receives the set-up mail.', attribute('value', 'The address.'), [
      'work',
      'home',
      'other',
    ]),
    plural('phoneNumbers', 'Telephone numbers.', attribute('value', 'The number.'), ['work', 'home', 'mobile', 'fax', 'pager', 'other']),
    plural('ims', 'Instant messaging addresses.', attribute('value', 'The address.'), [
      'aim',
      'gtalk',
      'icq',
      'xmpp',
      'msn',
      'skype',
      'qq',
      'yahoo',
    ]),
    plural(
      'photos',
      'Addresses of photographs. They are never fetched.',
      attribute('value', 'The address.', { type: 'reference', caseExact: true, referenceTypes: ['external'] }),
      ['photo', 'thumbnail'],
    ),
    attribute('addresses', 'Postal addresses.', {
      multiValued: true,
      subAttributes: [
        attribute('formatted', 'The whole address, as on an envelope.'),
        attribute('streetAddress', 'The street, the house number, the post-office box.'),
        attribute('locality', 'The city.'),
        attribute('region', 'The state or region.'),
        attribute('postalCode', 'The postal code.'),
        attribute('country', 'The country, by ISO 3166-1 alpha-2.'),
        attribute('type', 'What the address is for.', { canonicalValues: ['work', 'home', 'other'] }),
        primary,
      ],
    }),
    attribute('groups', 'The groups of which the user is a member; changed through the groups only.', {
      multiValued: true,
      mutability: 'readOnly',
      subAttributes: [
        attribute('value', "The group's id.", { mutability: 'readOnly', caseExact: true }),
        attribute('$ref', "The group's address.", {
          type: 'reference',
          caseExact: true,
          mutability: 'readOnly',
          referenceTypes: ['Group'],
        }),
        attribute('display', "The group's name.", { mutability: 'readOnly' }),
        attribute('type', 'Groups are flat: every membership is direct.', { mutability: 'readOnly', canonicalValues: ['direct'] }),
      ],
    }),
    plural('entitlements', 'Entitlements of the user elsewhere; kept and returned.', attribute('value', 'The entitlement.')),
    plural('roles', 'Roles of the user elsewhere; kept and returned. Roles here come from groups.', attribute('value', 'The role.')),
    plural(
      'x509Certificates',
      'Certificates of the user.',
      attribute('value', 'The certificate (DER).', { type: 'binary', caseExact: true }),
    ),
  ],
}

/** A multi-valued attribute with the usual sub-attributes (RFC 7643 §2.4). */
function plural(name: string, description: string, value: Attribute, canonicalValues?: readonly string[]): Attribute {
  return attribute(name, description, {
    multiValued: true,
    subAttributes: [
      value,
      attribute('display', 'A name of the value, for display.'),
      attribute('type', 'What the value is for.', canonicalValues ? { canonicalValues } : {}),
      primary,
    ],
  })
}
