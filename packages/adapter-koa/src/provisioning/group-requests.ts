import type { ChangeGroup, CreateGroup, DeleteGroup, GetGroup, GroupView, Precondition, ScimCaller } from '@latchkey/application'
import type { GroupId } from '@latchkey/domain'
import { type JsonObject, groupType, readGroup, splitMemberOperations } from '@latchkey/scim'
import { scimErrorFrom } from './refusals.ts'
import { normaliserOf, patchSteps } from './request.ts'

export interface GroupUseCases {
  readonly createGroup: CreateGroup
  readonly getGroup: GetGroup
  readonly changeGroup: ChangeGroup
  readonly deleteGroup: DeleteGroup
}

/** What can be asked of `/Groups`, by a request of its own or within a bulk. Each throws a `ScimError` for what is refused. */
export interface GroupRequests {
  create(caller: ScimCaller, body: JsonObject, wants: Wants): Promise<GroupView>
  replace(caller: ScimCaller, id: GroupId, body: JsonObject, asked: Asked): Promise<GroupView>
  modify(caller: ScimCaller, id: GroupId, body: JsonObject, asked: Asked): Promise<GroupView>
  delete(caller: ScimCaller, id: GroupId, precondition: Precondition): Promise<void>
}

interface Wants {
  readonly members: boolean
}

interface Asked {
  readonly precondition: Precondition
  readonly wants: Wants
}

export function groupRequests({ createGroup, changeGroup, deleteGroup }: GroupUseCases): GroupRequests {
  const change = async (asked: Parameters<typeof changeGroup.execute>[0]): Promise<GroupView> => {
    const result = await changeGroup.execute(asked)
    if (!result.ok) throw scimErrorFrom(result.error)
    return result.value
  }
  return {
    async create(caller, body, wants) {
      const { resource, members } = readGroup(normaliserOf(caller).resource(groupType, body))
      const result = await createGroup.execute(caller, resource, members ?? [], wants)
      if (!result.ok) throw scimErrorFrom(result.error)
      return result.value
    },

    replace(caller, id, body, asked) {
      const { resource, members } = readGroup(normaliserOf(caller).resource(groupType, body))
      return change({
        caller,
        id,
        steps: [{ names: 'resource', apply: () => resource }],
        members: members === null ? [] : [{ kind: 'replace-all', ids: members }],
        ...asked,
      })
    },

    modify(caller, id, body, asked) {
      const { members, others } = splitMemberOperations(normaliserOf(caller).patch(groupType, body))
      return change({ caller, id, steps: patchSteps(groupType, others), members, ...asked })
    },

    async delete(caller, id, precondition) {
      const result = await deleteGroup.execute(caller, id, precondition)
      if (!result.ok) throw scimErrorFrom(result.error)
    },
  }
}
