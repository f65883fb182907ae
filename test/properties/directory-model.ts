import { canonicalName, canonicalText } from '@latchkey/domain'

/** What the model knows of a person beside names: enough to see that every way of saying a thing says that thing. */
export interface Facts {
  readonly displayName: string | null
  readonly title: string | null
  readonly givenName: string | null
  readonly department: string | null
  readonly workEmail: string | null
}

export const noFacts: Facts = { displayName: null, title: null, givenName: null, department: null, workEmail: null }

export interface Person {
  readonly id: string
  readonly userName: string
  readonly externalId: string | null
  readonly active: boolean
  readonly managedBy: 'scim' | 'local'
  readonly isOwner: boolean
  readonly isLinked: boolean
  readonly hasKey: boolean
  readonly isMailQueued: boolean
  readonly facts: Facts
  readonly version: number
}

export interface Gathering {
  readonly id: string
  readonly displayName: string
  readonly externalId: string | null
  readonly managedBy: 'scim' | 'local'
  readonly members: ReadonlySet<string>
  readonly version: number
}

/** One organisation as plain lists: no storage, no protocol. */
export interface OrganizationModel {
  readonly mode: 'tolerant' | 'strict'
  readonly people: Map<string, Person>
  readonly gatherings: Map<string, Gathering>
  /** How many events were recorded, and whose set-up mail was queued. */
  events: number
  readonly mails: string[]
}

export interface Body {
  readonly userName: string
  readonly externalId: string | null
  /** Null for a body that does not say. */
  readonly active: boolean | null
  readonly facts: Facts
}

export type Wish =
  | { readonly kind: 'set'; readonly attribute: keyof Facts | 'externalId'; readonly value: string | null }
  | { readonly kind: 'rename'; readonly value: string }
  | { readonly kind: 'active'; readonly value: boolean }
  /** An operation that no mode can carry out. */
  | { readonly kind: 'invalid'; readonly operation: { readonly op: string; readonly path: string; readonly value?: string } }

export type MemberWish = { readonly kind: 'add' | 'remove' | 'replace'; readonly ids: readonly string[] } | { readonly kind: 'clear' }

/** `ok`, or what stands in the way. */
export type Outcome = string

export function createPerson(model: OrganizationModel, id: string, { userName, externalId, active, facts }: Body): void {
  const person: Person = {
    id,
    userName,
    externalId,
    active: active ?? true,
    managedBy: 'scim',
    isOwner: false,
    isLinked: false,
    hasKey: false,
    isMailQueued: false,
    facts,
    version: 1,
  }
  model.people.set(id, withMail(model, null, person))
  model.events += 1
}

export function mayCreatePerson(model: OrganizationModel, body: Body): Outcome {
  return takenName(model, null, body) ?? 'ok'
}

/** PUT is one wish, PATCH are many. */
export function changePerson(model: OrganizationModel, id: string, change: Body | readonly Wish[]): Outcome {
  const person = model.people.get(id)
  if (!person) return 'user-not-found'
  if (person.isOwner) {
    model.events += 1
    return 'user-is-owner'
  }
  const wishes = isBody(change) ? wishesOf(change) : change
  const lenient = model.mode === 'tolerant' && saysInactive(wishes)
  if (wishes.some(({ kind }) => kind === 'invalid') && !lenient) return 'protocol'

  let wished = wishes.reduce(fulfil, person)
  for (let taken = takenName(model, id, wished); taken; taken = takenName(model, id, wished)) {
    if (!lenient) return taken
    wished = taken.endsWith('userName') ? { ...wished, userName: person.userName } : { ...wished, externalId: person.externalId }
  }
  const after: Person = { ...wished, managedBy: 'scim' }
  if (JSON.stringify(after) === JSON.stringify(person)) return 'ok'
  model.people.set(id, withMail(model, person, { ...after, version: person.version + 1 }))
  model.events += 1
  return 'ok'
}

export function deletePerson(model: OrganizationModel, id: string): Outcome {
  const person = model.people.get(id)
  if (!person) return 'user-not-found'
  if (person.isOwner) {
    model.events += 1
    return 'user-is-owner'
  }
  model.people.delete(id)
  for (const [key, gathering] of model.gatherings) {
    if (gathering.members.has(id))
      model.gatherings.set(key, { ...gathering, members: without(gathering.members, [id]), version: gathering.version + 1 })
  }
  model.events += 1
  return 'ok'
}

/** The person themselves: signs in, then makes a key. Neither is SCIM's business, and neither is refused to whoever is enabled. */
export function actInPerson(model: OrganizationModel, id: string): void {
  const person = model.people.get(id)
  if (!person?.active || person.isOwner || person.hasKey) return
  model.people.set(id, { ...person, hasKey: person.isLinked, isLinked: true, version: person.version + 1 })
}

export function mayCreateGathering(
  model: OrganizationModel,
  body: Pick<Gathering, 'displayName' | 'externalId'>,
  members: readonly string[],
): Outcome {
  if (members.some((id) => !model.people.has(id))) return 'members-not-found'
  return takenGroupName(model, null, body) ?? 'ok'
}

export function createGathering(
  model: OrganizationModel,
  id: string,
  body: Pick<Gathering, 'displayName' | 'externalId'>,
  members: readonly string[],
): void {
  model.gatherings.set(id, { id, ...body, managedBy: 'scim', members: new Set(members), version: 1 })
  model.events += 1
}

export function changeGathering(
  model: OrganizationModel,
  id: string,
  names: Partial<Pick<Gathering, 'displayName' | 'externalId'>>,
  wishes: readonly MemberWish[],
): Outcome {
  const before = model.gatherings.get(id)
  if (!before) return 'group-not-found'
  if (before.managedBy === 'local') return 'group-managed-locally'
  const joining = wishes.flatMap((wish) => (wish.kind === 'add' || wish.kind === 'replace' ? wish.ids : []))
  if (joining.some((user) => !model.people.has(user))) return 'members-not-found'
  const renamed = { ...before, ...names }
  const taken = takenGroupName(model, id, renamed)
  if (taken) return taken
  const members = wishes.reduce<ReadonlySet<string>>(fulfilMembers, before.members)
  if (JSON.stringify(renamed) === JSON.stringify(before) && sorted(members).join() === sorted(before.members).join()) return 'ok'
  model.gatherings.set(id, { ...renamed, members, version: before.version + 1 })
  model.events += 1
  return 'ok'
}

export function deleteGathering(model: OrganizationModel, id: string): Outcome {
  const before = model.gatherings.get(id)
  if (!before) return 'group-not-found'
  if (before.managedBy === 'local') return 'group-managed-locally'
  model.gatherings.delete(id)
  model.events += 1
  return 'ok'
}

function isBody(change: Body | readonly Wish[]): change is Body {
  return 'userName' in change
}

/** A PUT says something of everything, but for `active` where it does not name it. */
function wishesOf({ userName, externalId, active, facts }: Body): readonly Wish[] {
  return [
    { kind: 'rename', value: userName },
    { kind: 'set', attribute: 'externalId', value: externalId },
    ...attributes.map((attribute): Wish => ({ kind: 'set', attribute, value: facts[attribute] })),
    ...(active === null ? [] : [{ kind: 'active', value: active } as const]),
  ]
}

/** The last word on `active` counts. */
function saysInactive(wishes: readonly Wish[]): boolean {
  return wishes.flatMap((wish) => (wish.kind === 'active' ? [wish.value] : [])).at(-1) === false
}

const attributes = ['displayName', 'title', 'givenName', 'department', 'workEmail'] as const

function fulfil(person: Person, wish: Wish): Person {
  switch (wish.kind) {
    case 'rename':
      return { ...person, userName: wish.value }
    case 'active':
      return { ...person, active: wish.value }
    case 'set':
      return wish.attribute === 'externalId'
        ? { ...person, externalId: wish.value }
        : { ...person, facts: { ...person.facts, [wish.attribute]: wish.value } }
    case 'invalid':
      return person
  }
}

function fulfilMembers(members: ReadonlySet<string>, wish: MemberWish): ReadonlySet<string> {
  switch (wish.kind) {
    case 'add':
      return new Set([...members, ...wish.ids])
    case 'remove':
      return without(members, wish.ids)
    case 'replace':
      return new Set(wish.ids)
    case 'clear':
      return new Set()
  }
}

/** U1, U8: one mail, the first time that somebody is enabled without a key and can be reached. */
function withMail(model: OrganizationModel, before: Person | null, after: Person): Person {
  const isDue = after.active && !before?.active && !after.hasKey && !after.isMailQueued
  const isReachable = after.facts.workEmail !== null || after.userName.includes('@')
  if (!isDue || !isReachable) return after
  model.mails.push(`set-up.${after.id}`)
  return { ...after, isMailQueued: true }
}

function takenName(
  model: OrganizationModel,
  id: string | null,
  { userName, externalId }: Pick<Person, 'userName' | 'externalId'>,
): Outcome | undefined {
  const others = [...model.people.values()].filter((person) => person.id !== id)
  if (others.some((person) => canonicalName(person.userName) === canonicalName(userName))) return 'name-taken:userName'
  return externalId !== null && others.some((person) => person.externalId === externalId) ? 'name-taken:externalId' : undefined
}

function takenGroupName(
  model: OrganizationModel,
  id: string | null,
  { displayName, externalId }: Pick<Gathering, 'displayName' | 'externalId'>,
): Outcome | undefined {
  const others = [...model.gatherings.values()].filter((gathering) => gathering.id !== id)
  if (others.some((gathering) => canonicalText(gathering.displayName) === canonicalText(displayName))) return 'name-taken:displayName'
  return externalId !== null && others.some((gathering) => gathering.externalId === externalId) ? 'name-taken:externalId' : undefined
}

function without(members: ReadonlySet<string>, ids: readonly string[]): ReadonlySet<string> {
  return new Set([...members].filter((id) => !ids.includes(id)))
}

export function sorted(ids: Iterable<string>): readonly string[] {
  return [...ids].toSorted()
}
