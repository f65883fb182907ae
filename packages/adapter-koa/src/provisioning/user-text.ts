import { type Locations, type UserView, groupOfUser, userResource } from '@latchkey/application'
import { type Projection, type Resource, enterpriseUserSchema, everything, project, userType } from '@latchkey/scim'

type GroupOfUser = UserView['groups'][number]

const enterprise = JSON.stringify(enterpriseUserSchema.id)
const noAttributes: Resource = {}
const noGroups: readonly GroupOfUser[] = []

/**
 * The JSON of a user's representation. What is stored as JSON and shown whole is not taken apart to be put together again, which took a third of the time of a
 * page (decision 0052). An extension is: its manager is shown with a name.
 */
export function userText(view: UserView, projection: Projection, locations: Locations, groupText = groupTextOf(locations)): string {
  const json = view.record.attributesJson
  if (json === undefined || projection !== everything || json.includes(enterprise)) {
    return JSON.stringify(project(userType, projection, userResource(view, locations)))
  }
  const { user, version, createdAt, lastModifiedAt } = view.record
  const record = { user, attributes: noAttributes, version, createdAt, lastModifiedAt }
  const frame = JSON.stringify(userResource({ record, groups: noGroups, manager: null }, locations))
  const attributes = json === '{}' ? '' : `,${json.slice(1, -1)}`
  const groups = view.groups.length === 0 ? '' : `,"groups":[${view.groups.map(groupText).join(',')}]`
  return `${frame.slice(0, -1)}${attributes}${groups}}`
}

function groupTextOf(locations: Locations): (group: GroupOfUser) => string {
  return (group) => JSON.stringify(groupOfUser(group, locations))
}

/** For the users of one page, who are in the same groups over and over. */
export function groupTextOnPage(locations: Locations): (group: GroupOfUser) => string {
  const known = new Map<GroupOfUser, string>()
  const textOf = groupTextOf(locations)
  return (group) => {
    const text = known.get(group) ?? textOf(group)
    known.set(group, text)
    return text
  }
}
