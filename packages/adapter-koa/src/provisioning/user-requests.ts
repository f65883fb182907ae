import type {
  ChangeStep,
  ChangeUser,
  ChangedUser,
  CreateUser,
  DeleteUser,
  GetUser,
  Precondition,
  ScimCaller,
  UserView,
} from '@latchkey/application'
import type { UserId } from '@latchkey/domain'
import { type JsonObject, ScimError, readResource, userType } from '@latchkey/scim'
import { scimErrorFrom } from './refusals.ts'
import { normaliserOf, patchSteps, refusedStep } from './request.ts'

export interface UserUseCases {
  readonly createUser: CreateUser
  readonly getUser: GetUser
  readonly changeUser: ChangeUser
  readonly deleteUser: DeleteUser
}

/** What can be asked of `/Users`, by a request of its own or within a bulk. Each throws a `ScimError` for what is refused. */
export interface UserRequests {
  create(caller: ScimCaller, body: JsonObject): Promise<UserView>
  replace(caller: ScimCaller, id: UserId, body: JsonObject, asked: Asked): Promise<UserView>
  modify(caller: ScimCaller, id: UserId, body: JsonObject, asked: Asked): Promise<UserView>
  delete(caller: ScimCaller, id: UserId, precondition: Precondition): Promise<void>
}

interface Asked {
  readonly precondition: Precondition
  readonly wants: { readonly groups: boolean }
}

export function userRequests({ createUser, changeUser, deleteUser }: UserUseCases): UserRequests {
  const change = async (caller: ScimCaller, id: UserId, steps: readonly ChangeStep[], asked: Asked): Promise<UserView> => {
    const result = await changeUser.execute({ caller, id, steps, ...asked })
    if (!result.ok) throw scimErrorFrom(result.error)
    return (result.value satisfies ChangedUser).view
  }
  return {
    async create(caller, body) {
      const result = await createUser.execute(caller, readResource(userType, normaliserOf(caller).resource(userType, body)))
      if (!result.ok) throw scimErrorFrom(result.error)
      return result.value
    },

    replace: (caller, id, body, asked) => change(caller, id, replacementSteps(caller, body), asked),

    modify: (caller, id, body, asked) => change(caller, id, patchSteps(userType, normaliserOf(caller).patch(userType, body)), asked),

    async delete(caller, id, precondition) {
      const result = await deleteUser.execute(caller, id, precondition)
      if (!result.ok) throw scimErrorFrom(result.error)
    },
  }
}

/**
 * A PUT as one step: the whole resource, but for `active`, which stays where it is not named (D-17). Tolerantly, a body that is refused may still hold a
 * deactivation, so it is taken apart behind the step that refuses it.
 */
function replacementSteps(caller: ScimCaller, body: JsonObject): readonly ChangeStep[] {
  const read = normaliserOf(caller).resource(userType, body)
  try {
    const resource = readResource(userType, read)
    return [
      {
        names: 'resource',
        apply: ({ active }) => (resource['active'] === undefined && active !== undefined ? { ...resource, active } : resource),
      },
    ]
  } catch (error) {
    if (caller.mode === 'strict' || !(error instanceof ScimError)) throw error
    return [refusedStep('resource', error), ...patchSteps(userType, [{ op: 'replace', path: null, value: read, whenNoTarget: 'create' }])]
  }
}
