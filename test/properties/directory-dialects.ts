import { type Json, enterpriseUserSchema, groupSchema, patchSchema, userSchema } from '@latchkey/scim'
import type { Body, Facts, Gathering, MemberWish, Wish } from './directory-model.ts'

/**
 * How providers say one thing. `rfc`, `okta`, `urn` and `shouting` keep to RFC 7644; `entra` and `dotted` are what the normaliser is for.
 */
export type Dialect = 'rfc' | 'okta' | 'urn' | 'shouting' | 'entra' | 'dotted'

export const strictDialects = ['rfc', 'okta', 'urn', 'shouting'] as const
export const tolerantDialects = [...strictDialects, 'entra', 'dotted'] as const

type Named = keyof Facts | 'externalId' | 'userName' | 'active'

const paths: Readonly<Record<Named, string>> = {
  userName: 'userName',
  externalId: 'externalId',
  active: 'active',
  displayName: 'displayName',
  title: 'title',
  givenName: 'name.givenName',
  department: `${enterpriseUserSchema.id}:department`,
  workEmail: 'emails[type eq "work"].value',
}

export function patchUserBody(wishes: readonly Wish[], dialect: Dialect): Readonly<Record<string, Json>> {
  return patch(wishes.map((wish) => userOperation(wish, dialect)))
}

function userOperation(wish: Wish, dialect: Dialect): Json {
  switch (wish.kind) {
    case 'invalid':
      return { ...wish.operation }
    case 'active':
      return set('active', dialect === 'entra' || dialect === 'dotted' ? (wish.value ? 'True' : 'False') : wish.value, dialect)
    case 'rename':
      return set('userName', wish.value, dialect)
    case 'set':
      return wish.value === null ? unset(wish.attribute, dialect) : set(wish.attribute, wish.value, dialect)
  }
}

function set(attribute: Named, value: Json, dialect: Dialect): Json {
  const path = paths[attribute]
  switch (dialect) {
    case 'rfc':
      // To the letter, a filter that selects nothing is refused: the list is replaced as a whole.
      return attribute === 'workEmail'
        ? { op: 'replace', path: 'emails', value: [{ type: 'work', value }] }
        : { op: 'replace', path, value }
    case 'okta':
      return { op: 'replace', value: nested(attribute, value) }
    case 'urn':
      return attribute === 'workEmail'
        ? { op: 'replace', path: `${userSchema.id}:emails`, value: [{ type: 'work', value }] }
        : { op: 'add', path: attribute === 'department' ? path : `${userSchema.id}:${path}`, value }
    case 'shouting':
      return attribute === 'workEmail'
        ? { OP: 'REPLACE', PATH: 'EMAILS', VALUE: [{ TYPE: 'work', VALUE: value }] }
        : { OP: 'REPLACE', PATH: path.toUpperCase(), VALUE: value }
    case 'entra':
      return { op: attribute === 'workEmail' ? 'Add' : 'Replace', path, value }
    case 'dotted':
      return { op: 'Add', value: { [path]: value } }
  }
}

function unset(attribute: Named, dialect: Dialect): Json {
  const path = attribute === 'workEmail' ? 'emails[type eq "work"]' : paths[attribute]
  switch (dialect) {
    case 'rfc':
      return { op: 'remove', path }
    case 'okta':
    case 'dotted':
      return { op: 'replace', value: attribute === 'workEmail' ? { emails: [] } : nested(attribute, null) }
    case 'urn':
      return { op: 'remove', path: attribute === 'department' ? path : `${userSchema.id}:${path}` }
    case 'shouting':
      return { OP: 'REMOVE', PATH: attribute === 'workEmail' ? 'EMAILS[TYPE EQ "work"]' : path.toUpperCase() }
    case 'entra':
      return { op: 'Remove', path }
  }
}

function nested(attribute: Named, value: Json): Readonly<Record<string, Json>> {
  switch (attribute) {
    case 'givenName':
      return { name: { givenName: value } }
    case 'department':
      return { [enterpriseUserSchema.id]: { department: value } }
    case 'workEmail':
      return { emails: [{ type: 'work', value }] }
    default:
      return { [attribute]: value }
  }
}

/** The body of a POST or PUT. */
export function userBody({ userName, externalId, active, facts }: Body): Readonly<Record<string, Json>> {
  const { displayName, title, givenName, department, workEmail } = facts
  return {
    schemas: [userSchema.id, ...(department === null ? [] : [enterpriseUserSchema.id])],
    userName,
    ...(externalId === null ? {} : { externalId }),
    ...(active === null ? {} : { active }),
    ...(displayName === null ? {} : { displayName }),
    ...(title === null ? {} : { title }),
    ...(givenName === null ? {} : { name: { givenName } }),
    ...(department === null ? {} : { [enterpriseUserSchema.id]: { department } }),
    ...(workEmail === null ? {} : { emails: [{ type: 'work', value: workEmail }] }),
  }
}

export function patchGroupBody(
  names: Partial<Pick<Gathering, 'displayName' | 'externalId'>>,
  wishes: readonly MemberWish[],
  dialect: Dialect,
): Readonly<Record<string, Json>> {
  const renames = Object.entries(names).map(([name, value]): Json => {
    if (value === null) return { op: 'remove', path: name }
    return dialect === 'okta'
      ? { op: 'replace', value: { [name]: value } }
      : { op: dialect === 'entra' ? 'Replace' : 'replace', path: name, value }
  })
  return patch([...renames, ...wishes.flatMap((wish) => memberOperations(wish, dialect))])
}

function memberOperations(wish: MemberWish, dialect: Dialect): readonly Json[] {
  if (wish.kind === 'clear') return [dialect === 'okta' ? { op: 'replace', path: 'members', value: [] } : { op: 'remove', path: 'members' }]
  const value = wish.ids.map((id) => ({ value: id }))
  const isProper = dialect !== 'entra' && dialect !== 'dotted'
  switch (wish.kind) {
    case 'add':
      if (dialect === 'okta') return [{ op: 'add', value: { members: value } }]
      if (dialect === 'dotted') return [{ op: 'Add', path: 'members', value: [...wish.ids] }]
      return [{ op: dialect === 'entra' ? 'Add' : 'add', path: dialect === 'urn' ? `${groupSchema.id}:members` : 'members', value }]
    case 'replace':
      return [
        dialect === 'okta'
          ? { op: 'replace', value: { members: value } }
          : { op: 'Replace', path: dialect === 'shouting' ? 'MEMBERS' : 'members', value },
      ]
    case 'remove':
      // A list in a removal is the habit of Entra and JumpCloud; the RFC names every member in a path.
      if (!isProper) return [{ op: 'Remove', path: 'members', value }]
      if (dialect === 'shouting') return wish.ids.map((id) => ({ op: 'REMOVE', path: `MEMBERS[VALUE EQ "${id}"]` }))
      if (dialect === 'urn' && wish.ids.length > 0) {
        return [{ op: 'remove', path: `members[${wish.ids.map((id) => `value eq "${id}"`).join(' or ')}]` }]
      }
      return wish.ids.map((id) => ({ op: 'remove', path: `members[value eq "${id}"]` }))
  }
}

export function groupBody(
  { displayName, externalId }: Pick<Gathering, 'displayName' | 'externalId'>,
  members: readonly string[] | null,
): Readonly<Record<string, Json>> {
  return {
    schemas: [groupSchema.id],
    displayName,
    ...(externalId === null ? {} : { externalId }),
    ...(members === null ? {} : { members: members.map((value) => ({ value })) }),
  }
}

function patch(operations: readonly Json[]): Readonly<Record<string, Json>> {
  return { schemas: [patchSchema], Operations: operations }
}
