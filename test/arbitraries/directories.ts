import fc from 'fast-check'
import { type Group, type User, type UserId, canonicalName, canonicalText, groupId, userId } from '@latchkey/domain'
import { sequentialRandomness } from '@latchkey/adapter-memory'
import { type Resource, enterpriseUserSchema, isObject } from '@latchkey/scim'
import { names } from './names.ts'
import { similarTexts, userResources } from './scim-bodies.ts'
import { users } from './users.ts'

/** Who and what is in an organisation, in the order of its making. */
export interface Directory {
  readonly users: readonly { readonly user: User; readonly attributes: Resource }[]
  readonly groups: readonly { readonly group: Group; readonly members: readonly UserId[] }[]
}

const people = fc.uniqueArray(fc.record({ user: users, resource: userResources, manager: fc.option(fc.nat(20), { freq: 2 }) }), {
  maxLength: 12,
  selector: ({ resource }) => canonicalName(String(resource['userName'])),
})

const gatherings = fc.uniqueArray(
  fc.record({
    displayName: fc.oneof(names, fc.constantFrom('Staff', 'staff', 'Straße')),
    externalId: fc.option(similarTexts),
    members: fc.uniqueArray(fc.nat(20), { maxLength: 6 }),
  }),
  { maxLength: 5, selector: ({ displayName }) => canonicalText(displayName) },
)

/** Directories in which people have everything that people can have, manage one another and are in groups. */
export const directories: fc.Arbitrary<Directory> = fc.tuple(people, gatherings).map(([persons, groups]) => {
  const randomness = sequentialRandomness(7)
  const ids = persons.map(() => userId(randomness.uuid()))
  const at = (index: number): readonly UserId[] => (ids.length === 0 ? [] : [ids[index % ids.length]!])
  return {
    users: persons.map(({ user, resource, manager }, index) => {
      const { userName, externalId, active: _ofTheUser, ...attributes } = resource
      const isFirst = persons.findIndex((person) => person.resource['externalId'] === externalId) === index
      return {
        user: {
          ...user,
          id: ids[index]!,
          userName: String(userName),
          externalId: typeof externalId === 'string' && isFirst ? externalId : null,
        },
        attributes: manager === null ? attributes : managedBy(attributes, at(manager)),
      }
    }),
    groups: groups.map(({ displayName, externalId, members }, index) => {
      const isFirst = groups.findIndex((group) => group.externalId === externalId) === index
      return {
        group: { id: groupId(randomness.uuid()), displayName, externalId: isFirst ? externalId : null, managedBy: 'scim' },
        members: [...new Set(members.flatMap(at))],
      }
    }),
  }
})

function managedBy(attributes: Resource, managers: readonly UserId[]): Resource {
  const [value] = managers
  const enterprise = attributes[enterpriseUserSchema.id]
  if (value === undefined) return attributes
  return { ...attributes, [enterpriseUserSchema.id]: { ...(isObject(enterprise) ? enterprise : {}), manager: { value } } }
}
