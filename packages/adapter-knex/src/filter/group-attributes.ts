import type { Locations } from '@latchkey/application'
import { attributeName, groupSchema } from '@latchkey/scim'
import { constant, sql } from '../sql.ts'
import type { Sources } from './compile-filter.ts'
import { memberValue } from './member-attributes.ts'
import { type Source, single, text } from './source.ts'
import { metaColumns } from './user-attributes.ts'

/** Where each attribute of a group is. */
export function groupSources(locations: Locations): Sources {
  const columns: ReadonlyMap<string, Source> = new Map(
    Object.entries<Source>({
      id: single(text(constant('groups.id::text'))),
      externalId: single(text(constant('groups.external_id'))),
      displayName: single(text(constant('groups.display_name_key'))),
      ...metaColumns('groups', `${locations.base}/Groups/`, 'Group'),
      schemas: {
        kind: 'elements',
        from: sql`from (select ${groupSchema.id}::text as value) as element where true`,
        value: () => text(constant('element.value')),
      },
      members: {
        kind: 'elements',
        from: constant(
          'from memberships join users as member on member.org_id = memberships.org_id and member.id = memberships.user_id where memberships.org_id = groups.org_id and memberships.group_id = groups.id',
        ),
        value: memberValue(locations),
      },
    }),
  )
  return (target) => {
    const source = columns.get(attributeName(target)) ?? columns.get(attributeName({ ...target, subAttribute: null }))
    if (!source) throw new Error(`${attributeName(target)} of a group is nowhere.`)
    return source
  }
}
