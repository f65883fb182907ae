import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type UserView, userResource } from '@latchkey/application'
import { connectionId, groupId, noKeyYet, provision, userId } from '@latchkey/domain'
import { type Resource, enterpriseUserSchema, project, readProjection, userType } from '@latchkey/scim'
import { userText } from './user-text.ts'

const locations = {
  base: 'https://keys.example/scim/v2',
  user: (id: string) => `https://keys.example/scim/v2/Users/${id}`,
  group: (id: string) => `https://keys.example/scim/v2/Groups/${id}`,
} as never

const id = userId('01890a5d-ac96-774b-bcce-b302099a8057')
const texts = fc.string({ unit: 'binary' })

const attributesOfAll = fc.record(
  {
    displayName: texts,
    title: texts,
    name: fc.record({ givenName: texts, familyName: texts }, { requiredKeys: [] }),
    emails: fc.array(fc.record({ value: texts, primary: fc.boolean() }), { minLength: 1 }),
    [enterpriseUserSchema.id]: fc.record({ employeeNumber: texts, manager: fc.record({ value: texts }) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
)

const views = fc
  .record({
    attributes: attributesOfAll,
    userName: fc.string({ minLength: 1 }),
    externalId: fc.option(texts),
    active: fc.boolean(),
    isLinked: fc.boolean(),
    groups: fc.array(texts, { maxLength: 3 }),
    managerName: fc.option(fc.option(texts), { nil: undefined }),
  })
  .map(({ attributes: all, userName, externalId, active, isLinked, groups, managerName }): UserView => {
    const attributes = JSON.parse(JSON.stringify(all)) as Resource
    const provisioned = provision({ id, userName, externalId, active })
    const identityLink = isLinked ? { connectionId: connectionId(id), subject: 'sub' } : null
    return {
      record: {
        user: { ...provisioned, identityLink, encryptionKey: noKeyYet },
        attributes,
        attributesJson: JSON.stringify(attributes, null, 1),
        version: 3,
        createdAt: 1_700_000_000_000,
        lastModifiedAt: 1_700_000_000_001,
      },
      groups: groups.map((displayName) => ({ id: groupId(id), displayName })),
      manager: managerName === undefined ? null : { id, displayName: managerName },
    }
  })

const projections = fc.constantFrom(
  { attributes: null, excludedAttributes: null },
  { attributes: ['userName', 'emails.value'], excludedAttributes: null },
  { attributes: null, excludedAttributes: ['groups', 'displayName'] },
)

test('a user whose attributes are shown as they are stored reads as one whose attributes were taken apart', () => {
  fc.assert(
    fc.property(views, projections, (view, lists) => {
      const projection = readProjection(userType, lists)
      const { attributesJson: _json, ...record } = view.record
      const expected = JSON.parse(JSON.stringify(project(userType, projection, userResource({ ...view, record }, locations))))
      expect(JSON.parse(userText(view, projection, locations))).toEqual(expected)
      expect(JSON.parse(userText({ ...view, record }, projection, locations))).toEqual(expected)
    }),
  )
})
