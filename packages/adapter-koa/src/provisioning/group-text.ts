import type { MembersText } from '@latchkey/application'
import type { JsonObject } from '@latchkey/scim'

/** A group as JSON: what is said of it, and its members, who are text already and stand last. */
export function groupText(group: JsonObject, members: MembersText): string {
  return members === '' ? JSON.stringify(group) : `${opened(group)}${members}]}`
}

/** The same in pieces, of members who come in portions. */
export async function* groupTextInPieces(
  group: JsonObject,
  portions: AsyncIterable<MembersText>,
  shown: (members: MembersText) => MembersText,
): AsyncGenerator<string> {
  let isOpen = false
  for await (const portion of portions) {
    const members = shown(portion)
    if (members === '') continue
    yield isOpen ? `,${members}` : `${opened(group)}${members}`
    isOpen = true
  }
  yield isOpen ? ']}' : JSON.stringify(group)
}

function opened(group: JsonObject): string {
  return `${JSON.stringify(group).slice(0, -1)},"members":[`
}
