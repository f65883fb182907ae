import Router from '@koa/router'
import { NoteActivity, type ScimCaller, addresses } from '@latchkey/application'
import { type UserId, organizationId, scimTokenId } from '@latchkey/domain'
import { bulkRequestSchema } from '@latchkey/scim'
import Koa from 'koa'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { ActivityBuffer } from '../activity/activity-buffer.ts'
import { stateOf } from '../middleware/state.ts'
import { bulkRoutes } from './bulk-routes.ts'

afterEach(() => vi.useRealTimers())

const ids = [1, 2, 3, 4].map((number) => `00000000-0000-7000-8000-00000000000${number}`)
const notAsked = () => {
  throw new Error('This is not asked.')
}
const never = async () => notAsked()
const caller: ScimCaller = {
  organization: { id: organizationId(ids[0]!) },
  token: scimTokenId(ids[1]!),
  mode: 'strict',
  admission: { ask: never, judge: notAsked, decide: notAsked, admitted: undefined },
  request: { id: 'r', provider: () => null, elapsedMs: () => 0 },
}
const log = { info: () => {}, error: () => {} }

test('a Bulk takes no new operation when its time is over, and says so of those it did not begin', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const deleted: UserId[] = []
  const users = {
    create: never,
    replace: never,
    modify: never,
    async delete(_caller: ScimCaller, id: UserId) {
      deleted.push(id)
      vi.advanceTimersByTime(9_000)
    },
  }
  const groups = { create: never, replace: never, modify: never, delete: never }
  const activity = new ActivityBuffer({
    note: new NoteActivity({ storage: { read: never, glance: never, transaction: never, revise: never } }),
    log,
  })
  const router = new Router()
  bulkRoutes(router, { users, groups }, addresses('http://localhost').locations, activity)
  const app = new Koa()
  app.use((ctx, next) => {
    stateOf(ctx).caller = caller
    return next()
  })
  app.use(router.routes())
  const server = app.listen(0)
  const { port } = server.address() as AddressInfo
  const Operations = ids.map((id) => ({ method: 'DELETE', path: `/Users/${id}` }))
  const response = await fetch(`http://127.0.0.1:${port}/Bulk`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/scim+json' },
    body: JSON.stringify({ schemas: [bulkRequestSchema], Operations }),
  })
  const body: { readonly Operations: readonly { readonly status: string; readonly location: string }[] } = JSON.parse(await response.text())
  server.close()
  expect(body.Operations.map(({ status }) => status)).toEqual(['204', '204', '204', '503'])
  expect(body.Operations[3]?.location).toContain(ids[3])
  expect(deleted).toEqual(ids.slice(0, 3))
})
