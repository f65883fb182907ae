import type Router from '@koa/router'
import {
  type ChangeStep,
  type ChangeUser,
  type CreateUser,
  type DeleteUser,
  type GetUser,
  type Locations,
  type UserView,
  userResource,
} from '@latchkey/application'
import { type UserId, isId, userId } from '@latchkey/domain'
import {
  type JsonObject,
  type Normaliser,
  type Projection,
  ScimError,
  etag,
  findAttribute,
  project,
  readResource,
  userType,
  wants,
} from '@latchkey/scim'
import type { Context } from 'koa'
import { readBody, userBody } from '../middleware/read-body.ts'
import { respond } from '../middleware/respond.ts'
import { callerOf } from '../middleware/state.ts'
import { notFound, scimErrorFrom } from './refusals.ts'
import { isUnchanged, normaliserOf, patchSteps, preconditionOf, projectionOf, refusedStep } from './request.ts'

export interface UserUseCases {
  readonly createUser: CreateUser
  readonly getUser: GetUser
  readonly changeUser: ChangeUser
  readonly deleteUser: DeleteUser
}

const groups = findAttribute(userType, { schema: null, name: 'groups', subName: null })!

/** `/Users` (RFC 7644 §3.3 to §3.6). */
export function userRoutes(router: Router, { createUser, getUser, changeUser, deleteUser }: UserUseCases, locations: Locations): void {
  const answer = (ctx: Context, status: number, view: UserView, projection: Projection) => {
    ctx.set('ETag', etag(view.record.version))
    respond(ctx, status, project(userType, projection, userResource(view, locations)))
  }

  const change = async (ctx: Context, stepsOf: () => Promise<readonly ChangeStep[]>) => {
    const id = idOf(ctx)
    const projection = projectionOf(ctx, userType)
    const steps = await stepsOf()
    const precondition = preconditionOf(ctx)
    const result = await changeUser.execute({
      caller: callerOf(ctx),
      id,
      steps,
      precondition,
      wants: { groups: wants(projection, groups) },
    })
    if (!result.ok) throw scimErrorFrom(result.error)
    answer(ctx, 200, result.value.view, projection)
  }

  router.post('/Users', async (ctx) => {
    const projection = projectionOf(ctx, userType)
    const resource = readResource(userType, normaliserOf(ctx).resource(userType, await readBody(ctx, userBody)))
    const result = await createUser.execute(callerOf(ctx), resource)
    if (!result.ok) throw scimErrorFrom(result.error)
    ctx.set('Location', locations.user(result.value.record.user.id))
    answer(ctx, 201, result.value, projection)
  })

  router.get('/Users/:id', async (ctx) => {
    const id = idOf(ctx)
    const projection = projectionOf(ctx, userType)
    const view = await getUser.execute(callerOf(ctx), id, { groups: wants(projection, groups) })
    if (!view) throw notFound('User')
    if (!isUnchanged(ctx, view.record.version)) return answer(ctx, 200, view, projection)
    ctx.set('ETag', etag(view.record.version))
    ctx.status = 304
  })

  router.put('/Users/:id', (ctx) =>
    change(ctx, async () => replacementSteps(normaliserOf(ctx), callerOf(ctx).mode === 'tolerant', await readBody(ctx, userBody))),
  )

  router.patch('/Users/:id', (ctx) =>
    change(ctx, async () => patchSteps(userType, normaliserOf(ctx).patch(userType, await readBody(ctx, userBody)))),
  )

  router.delete('/Users/:id', async (ctx) => {
    const result = await deleteUser.execute(callerOf(ctx), idOf(ctx), preconditionOf(ctx))
    if (!result.ok) throw scimErrorFrom(result.error)
    ctx.status = 204
  })
}

/**
 * A PUT as one step: the whole resource, but for `active`, which stays where it is not named (D-17). Tolerantly, a body that is refused may still hold a
 * deactivation, so it is taken apart behind the step that refuses it.
 */
function replacementSteps(normaliser: Normaliser, isTolerant: boolean, body: JsonObject): readonly ChangeStep[] {
  const read = normaliser.resource(userType, body)
  try {
    const resource = readResource(userType, read)
    return [
      {
        names: 'resource',
        apply: ({ active }) => (resource['active'] === undefined && active !== undefined ? { ...resource, active } : resource),
      },
    ]
  } catch (error) {
    if (!isTolerant || !(error instanceof ScimError)) throw error
    return [refusedStep('resource', error), ...patchSteps(userType, [{ op: 'replace', path: null, value: read, whenNoTarget: 'create' }])]
  }
}

/** What is no id of ours names nobody. */
function idOf(ctx: Context): UserId {
  const { id } = ctx['params'] as { readonly id: string }
  if (!isId(id)) throw notFound('User')
  return userId(id)
}
