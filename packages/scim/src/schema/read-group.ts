import type { Json, JsonObject } from '../json.ts'
import { memberIds } from '../protocol/patch/member-operations.ts'
import { readResource } from './read-resource.ts'
import { twice } from './read-value.ts'
import type { Resource } from './resource.ts'
import { groupType } from './resource-types.ts'

/** A group body in its two parts. `members` is null where the body does not name them: a PUT then leaves them as they are (DAT-5). */
export function readGroup(body: JsonObject): { readonly resource: Resource; readonly members: readonly string[] | null } {
  const rest: { [name: string]: Json } = Object.create(null)
  let members: readonly string[] | null = null
  for (const [name, value] of Object.entries(body)) {
    if (name.toLowerCase() !== 'members') {
      rest[name] = value
      continue
    }
    if (members !== null) throw twice('members')
    members = memberIds(value)
  }
  return { resource: readResource(groupType, rest), members }
}
