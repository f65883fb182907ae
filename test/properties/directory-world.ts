import {
  ChangeGroup,
  type ChangeStep,
  ChangeUser,
  CreateGroup,
  CreateUser,
  Cursors,
  DeleteGroup,
  DeleteUser,
  type DirectoryItem,
  GetGroup,
  GetUser,
  type GroupView,
  ListDirectory,
  type ListPage,
  type ScimCaller,
  SetUpMail,
  Walks,
  type UserView,
  addresses,
  comparable,
  groupResource,
  userResource,
} from '@latchkey/application'
import { plainLetters, readableSeals } from '@latchkey/adapter-memory'
import { connectionId, groupId, registerEncryptionKey, signIn, userId } from '@latchkey/domain'
import {
  type JsonObject,
  type Normaliser,
  type PatchOperation,
  type ResourceType,
  ScimError,
  applyOperation,
  groupType,
  limits,
  readGroup,
  readResource,
  resolveFilter,
  resolveOperation,
  splitMemberOperations,
  strict,
  tolerant,
  userType,
} from '@latchkey/scim'
import { admittedTo } from '../admitted.ts'
import { makeOrganization, newDigest, newGroup, newToken, newUser, randomness } from '../contracts/rows.ts'
import type { StorageUnderTest } from '../contracts/storage.contract.ts'
import type { Outcome } from './directory-model.ts'

export interface Answered<View> {
  readonly outcome: Outcome
  readonly view?: View | undefined
}

/** One organisation of the product, as its provisioning client meets it: bodies go in, outcomes and views come out. */
export interface OrganizationWorld {
  readonly caller: ScimCaller
  /** Two whom no provider made, and a group that it does not manage. */
  readonly ownerId: string
  readonly localMemberId: string
  readonly localGroupId: string
  createUser(body: JsonObject): Promise<Answered<UserView>>
  replaceUser(id: string, body: JsonObject): Promise<Answered<UserView>>
  patchUser(id: string, body: JsonObject): Promise<Answered<UserView>>
  deleteUser(id: string): Promise<Answered<void>>
  getUser(id: string): Promise<UserView | undefined>
  createGroup(body: JsonObject): Promise<Answered<GroupView>>
  replaceGroup(id: string, body: JsonObject): Promise<Answered<GroupView>>
  patchGroup(id: string, body: JsonObject): Promise<Answered<GroupView>>
  deleteGroup(id: string): Promise<Answered<void>>
  getGroup(id: string): Promise<GroupView | undefined>
  list(
    type: 'User' | 'Group',
    filter: string | null,
    page: ListPage,
  ): Promise<{ readonly total: number; readonly items: readonly DirectoryItem[]; readonly next: string | null }>
  /** What a person does without their provider: the first time they sign in, after that they make a key. */
  actInPerson(id: string): Promise<void>
  representation(item: DirectoryItem): JsonObject
  countEvents(): Promise<number>
  queuedMails(): Promise<readonly string[]>
}

export async function organizationWorld(
  { storage, events, queuedMails }: StorageUnderTest,
  mode: 'tolerant' | 'strict',
): Promise<OrganizationWorld> {
  const publicAddresses = addresses('http://localhost:8080')
  const { locations } = publicAddresses
  const setUpMail = new SetUpMail({ letters: plainLetters, addresses: publicAddresses })
  const createUser = new CreateUser({ storage, randomness, setUpMail })
  const changeUser = new ChangeUser({ storage, setUpMail })
  const createGroup = new CreateGroup({ storage, randomness })
  const changeGroup = new ChangeGroup({ storage })
  const listDirectory = new ListDirectory({
    storage,
    cursors: new Cursors({ seals: readableSeals() }),
    walks: new Walks({ elapsedMs: () => 0 }),
  })

  const organization = await makeOrganization(storage)
  const request = { id: 'test', provider: () => null, elapsedMs: () => 1 }
  const token = await storage.transaction(organization.id, ({ scimTokens }) => scimTokens.insert(newToken(), newDigest()))
  const caller: ScimCaller = { organization, token: token.id, mode, admission: admittedTo(organization), request }
  const normaliser: Normaliser = mode === 'tolerant' ? tolerant : strict
  const always = () => true
  const all = { groups: true, members: true }

  const owner = newUser('owner', { role: 'owner', managedBy: 'local' })
  const localMember = newUser('local', { managedBy: 'local' })
  const localGroup = newGroup('Local', { managedBy: 'local' })
  await storage.transaction(organization.id, async ({ users, groups }) => {
    await users.insert(owner, {})
    await users.insert(localMember, {})
    await groups.insert(localGroup)
  })

  const changed = async (id: string, steps: () => readonly ChangeStep[]): Promise<Answered<UserView>> =>
    outcomeOf(async () => {
      const result = await changeUser.execute({ caller, id: userId(id), steps: steps(), precondition: always, wants: all })
      return result.ok ? { ...result, value: result.value.view } : result
    })

  return {
    caller,
    ownerId: owner.id,
    localMemberId: localMember.id,
    localGroupId: localGroup.id,

    createUser: (body) => outcomeOf(() => createUser.execute(caller, readResource(userType, normaliser.resource(userType, body)))),
    replaceUser: (id, body) =>
      changed(id, () => {
        const resource = readResource(userType, normaliser.resource(userType, body))
        return [
          {
            names: 'resource',
            apply: ({ active }) => (resource['active'] === undefined && active !== undefined ? { ...resource, active } : resource),
          },
        ]
      }),
    patchUser: (id, body) => changed(id, () => normaliser.patch(userType, body).map((operation) => patchStep(userType, operation))),
    deleteUser: (id) => outcomeOf(() => new DeleteUser({ storage }).execute(caller, userId(id), always)),
    getUser: (id) => new GetUser({ storage }).execute(caller, userId(id), all),

    createGroup: (body) =>
      outcomeOf(() => {
        const { resource, members } = readGroup(normaliser.resource(groupType, body))
        return createGroup.execute(caller, resource, members ?? [], all)
      }),
    replaceGroup: (id, body) =>
      outcomeOf(() => {
        const { resource, members } = readGroup(normaliser.resource(groupType, body))
        const wishes = members === null ? [] : [{ kind: 'replace-all', ids: members } as const]
        const steps = [{ names: 'resource', apply: () => resource }]
        return changeGroup.execute({ caller, id: groupId(id), steps, members: wishes, precondition: always, wants: all })
      }),
    patchGroup: (id, body) =>
      outcomeOf(() => {
        const { members, others } = splitMemberOperations(normaliser.patch(groupType, body))
        const steps = others.map((operation) => patchStep(groupType, operation))
        return changeGroup.execute({ caller, id: groupId(id), steps, members, precondition: always, wants: all })
      }),
    deleteGroup: (id) => outcomeOf(() => new DeleteGroup({ storage }).execute(caller, groupId(id), always)),
    getGroup: (id) => new GetGroup({ storage }).execute(caller, groupId(id), all),

    async list(type, filter, page) {
      const resourceType = type === 'User' ? userType : groupType
      const resolved =
        filter === null ? null : resolveFilter(resourceType, normaliser.filter(resourceType, filter, limits.filterLengthInUrlMax))
      const list = {
        selections: [{ type, filter: resolved, sortBy: null }],
        descending: false,
        query: () => JSON.stringify([type, filter]),
      }
      const result = await listDirectory.execute(caller, list, page, all)
      if (!result.ok) throw new Error(result.error.kind)
      return { total: result.value.totalResults, items: result.value.items, next: result.value.nextCursor }
    },

    actInPerson: (id) =>
      storage.transaction(organization.id, async ({ users, now }) => {
        const before = await users.lock(userId(id))
        if (!before) return
        const { user } = before
        const acted = user.identityLink
          ? registerEncryptionKey(
              user,
              keyFor(user.encryptionKey.state === 'none' ? user.encryptionKey.lastVersion + 1 : 1),
              now,
              new Set(),
            )
          : signIn(user, { connectionId: connection, subject: id, claimMatches: true, fromOwnSession: false })
        if (acted.ok) await users.save(before, acted.value, before.attributes)
      }),

    representation: (item) => (item.type === 'User' ? userResource(item.view, locations) : groupResource(item.view, locations)),
    countEvents: async () => (await events(organization.id)).length,
    queuedMails: async () => (await queuedMails(organization.id)).map(({ key }) => key),
  }
}

const connection = connectionId('00000000-0000-7000-8000-000000000001')

function keyFor(version: number): Parameters<typeof registerEncryptionKey>[1] {
  return {
    version,
    publicKeys: { encryption: 'encryption', signing: 'signing' },
    fingerprint: randomness.uuid(),
    envelope: 'envelope',
    sessionAgeMs: 0,
    nonceIsOurs: true,
    proofHolds: true,
    via: 'sso',
  }
}

/** As the HTTP side does: what cannot be carried out is refused where it would be. */
function patchStep(type: ResourceType, operation: PatchOperation): ChangeStep {
  return {
    names: operation.path ?? 'value',
    apply: (resource) => resolveOperation(type, operation).reduce((before, one) => applyOperation(before, one, comparable), resource),
  }
}

type Refusal = { readonly kind: string; readonly attribute?: string }

async function outcomeOf<View>(
  act: () => Promise<{ readonly ok: true; readonly value: View } | { readonly ok: false; readonly error: Refusal }>,
): Promise<Answered<View>> {
  try {
    const result = await act()
    if (result.ok) return { outcome: 'ok', view: result.value }
    const { kind, attribute } = result.error
    return { outcome: attribute === undefined ? kind : `${kind}:${attribute}` }
  } catch (error) {
    if (error instanceof ScimError) return { outcome: 'protocol' }
    throw error
  }
}
