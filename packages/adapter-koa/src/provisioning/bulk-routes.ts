import type Router from '@koa/router'
import type { GroupView, Locations, ScimCaller, UserView } from '@latchkey/application'
import { groupId, isId, userId } from '@latchkey/domain'
import {
  type BulkOperation,
  type BulkOutcome,
  type BulkUnit,
  type JsonObject,
  ScimError,
  type WellFormedOperation,
  bulkEntry,
  bulkResponse,
  etag,
  planBulk,
  readBulkRequest,
  withReferences,
  withoutReferences,
} from '@latchkey/scim'
import type { ActivityBuffer } from '../activity/activity-buffer.ts'
import { askedByWrite } from '../activity/asked-by.ts'
import { failedRequest } from '../activity/record-activity.ts'
import { bulkBody, readBody } from '../middleware/read-body.ts'
import { respond } from '../middleware/respond.ts'
import { callerOf } from '../middleware/state.ts'
import { wavesOf } from './bulk-waves.ts'
import type { GroupRequests } from './group-requests.ts'
import { notFound } from './refusals.ts'
import { preconditionFrom } from './request.ts'
import type { UserRequests } from './user-requests.ts'

interface Requests {
  readonly users: UserRequests
  readonly groups: GroupRequests
}

/** How long a job takes on operations, which leaves the last one time within the 25 s of a request (LIM-1). */
const startsForMs = 20_000

/** `/Bulk` (RFC 7644 §3.7): each operation is what it would be as a request of its own, with a transaction of its own. */
export function bulkRoutes(router: Router, requests: Requests, locations: Locations, activity: ActivityBuffer): void {
  router.post('/Bulk', async (ctx) => {
    const caller = callerOf(ctx)
    const { failOnErrors, operations } = readBulkRequest(await readBody(ctx, bulkBody), { bareOperations: caller.mode === 'tolerant' })
    const job = new BulkJob(caller, operations, requests, locations)
    const end = performance.now() + startsForMs
    const units = planBulk(operations)
    // Whoever counts errors wants nothing begun after the last that they accept.
    for (const wave of failOnErrors === null ? wavesOf(units, operations) : units.map((unit) => [unit])) {
      if (failOnErrors !== null && job.failures >= failOnErrors) break
      if (performance.now() < end) await job.processTogether(wave)
      else for (const unit of wave) job.putOff(unit)
    }
    for (const { operation, error } of job.failed()) {
      const data = 'data' in operation ? operation.data : null
      const asked = askedByWrite({ kind: operation.kind, type: operation.type.name, id: 'id' in operation ? operation.id : null, data })
      activity.fail(caller.organization.id, failedRequest(ctx, asked, data, error))
    }
    respond(ctx, 200, bulkResponse(job.entries()))
  })
}

/** One job under way: what was created under which bulkId, and what became of each operation. */
class BulkJob {
  readonly #caller: ScimCaller
  readonly #operations: readonly BulkOperation[]
  readonly #requests: Requests
  readonly #locations: Locations
  readonly #ids = new Map<string, string>()
  readonly #outcomes = new Map<number, BulkOutcome>()

  constructor(caller: ScimCaller, operations: readonly BulkOperation[], requests: Requests, locations: Locations) {
    this.#caller = caller
    this.#operations = operations
    this.#requests = requests
    this.#locations = locations
  }

  get failures(): number {
    return [...this.#outcomes.values()].filter(({ kind }) => kind === 'failed').length
  }

  /** What was understood, and refused all the same. */
  failed(): readonly { readonly operation: WellFormedOperation; readonly error: ScimError }[] {
    return this.#operations.flatMap((operation, index) => {
      const outcome = this.#outcomes.get(index)
      return operation.kind !== 'refused' && outcome?.kind === 'failed' ? [{ operation, error: outcome.error }] : []
    })
  }

  /** In the order of the request, of what was processed. */
  entries(): readonly JsonObject[] {
    return this.#operations.flatMap((operation, index) => {
      const outcome = this.#outcomes.get(index)
      return outcome ? [bulkEntry(operation, outcome)] : []
    })
  }

  /** Nothing of these was begun: the client can send them again as they are. */
  putOff({ writes }: BulkUnit): void {
    const error = new ScimError(503, undefined, 'There was no time left for this operation; send it again.')
    for (const { index } of writes) {
      const operation = this.#operations[index]!
      this.#outcomes.set(index, { kind: 'failed', error, location: operation.kind === 'refused' ? null : this.#locationOf(operation) })
    }
  }

  /** An outage ends the job, when none of the others is under way any more. */
  async processTogether(units: readonly BulkUnit[]): Promise<void> {
    const settled = await Promise.allSettled(units.map((unit) => this.process(unit)))
    for (const one of settled) if (one.status === 'rejected') throw one.reason
  }

  /** A unit of several is a circle: if one of them fails, so do all, and what was created of it is taken back. */
  async process({ writes, links }: BulkUnit): Promise<void> {
    for (const { index, without } of writes) {
      const operation = this.#operations[index]!
      if (operation.kind === 'refused') this.#outcomes.set(index, { kind: 'failed', error: operation.refusal, location: null })
      else await this.#attempt(index, operation, without)
    }
    for (const index of links) {
      const operation = this.#operations[index]!
      if (operation.kind === 'create' && this.#outcomes.get(index)?.kind === 'done') await this.#link(index, operation)
    }
    const failed = writes.map(({ index }) => this.#outcomes.get(index)).find((outcome) => outcome?.kind === 'failed')
    if (failed?.kind === 'failed' && writes.length > 1) await this.#takeBack(writes.map(({ index }) => index))
  }

  async #attempt(index: number, operation: WellFormedOperation, without: ReadonlySet<string>): Promise<void> {
    const cut =
      operation.kind === 'create' && without.size > 0 ? { ...operation, data: withoutReferences(operation.data, without) } : operation
    try {
      this.#outcomes.set(index, await this.#carryOut(withReferences(cut, this.#ids)))
    } catch (error) {
      this.#outcomes.set(index, { kind: 'failed', error: asScimError(error), location: this.#locationOf(operation) })
    }
  }

  /** What a circle's first writing left out, as a PUT of the whole. */
  async #link(index: number, operation: Extract<WellFormedOperation, { kind: 'create' }>): Promise<void> {
    const id = this.#ids.get(operation.bulkId)
    if (id === undefined) return
    try {
      const { data } = withReferences(operation, this.#ids)
      const outcome = await this.#carryOut({ ...operation, kind: 'replace', method: 'PUT', id, version: null, data })
      this.#outcomes.set(index, outcome.kind === 'done' ? { ...outcome, status: 201 } : outcome)
    } catch (error) {
      this.#outcomes.set(index, { kind: 'failed', error: asScimError(error), location: null })
    }
  }

  async #takeBack(indexes: readonly number[]): Promise<void> {
    for (const index of indexes) {
      const operation = this.#operations[index]!
      const id = operation.bulkId === null ? undefined : this.#ids.get(operation.bulkId)
      if (operation.kind !== 'create' || id === undefined) continue
      await this.#carryOut({ ...operation, kind: 'delete', method: 'DELETE', id, version: null })
      this.#ids.delete(operation.bulkId)
      if (this.#outcomes.get(index)?.kind !== 'done') continue
      const error = new ScimError(409, undefined, 'Another operation of this circle of references failed, so none of it was kept.')
      this.#outcomes.set(index, { kind: 'failed', error, location: null })
    }
  }

  async #carryOut(operation: WellFormedOperation): Promise<BulkOutcome> {
    const caller = this.#caller
    const { users, groups } = this.#requests
    if (operation.kind === 'create') {
      if (operation.type.name === 'User') return this.#user(await users.create(caller, operation.data), 201, operation.bulkId)
      return this.#group(await groups.create(caller, operation.data, { members: false }), 201, operation.bulkId)
    }
    if (!isId(operation.id)) throw notFound(operation.type.name)
    const precondition = preconditionFrom(operation.version)
    if (operation.kind === 'delete') {
      await (operation.type.name === 'User'
        ? users.delete(caller, userId(operation.id), precondition)
        : groups.delete(caller, groupId(operation.id), precondition))
      return { kind: 'done', status: 204, location: this.#locationOf(operation) ?? '', version: null }
    }
    const ask = operation.kind === 'replace' ? 'replace' : 'modify'
    if (operation.type.name === 'User') {
      return this.#user(
        await users[ask](caller, userId(operation.id), operation.data, { precondition, wants: { groups: false } }),
        200,
        null,
      )
    }
    const view = await groups[ask](caller, groupId(operation.id), operation.data, { precondition, wants: { members: false } })
    return this.#group(view, ask === 'replace' ? 200 : 204, null)
  }

  #done(id: string, location: string, version: number, status: 200 | 201 | 204, bulkId: string | null): BulkOutcome {
    if (status === 201 && bulkId !== null) this.#ids.set(bulkId, id)
    return { kind: 'done', status, location, version: etag(version) }
  }

  #user({ record }: UserView, status: 200 | 201, bulkId: string | null): BulkOutcome {
    return this.#done(record.user.id, this.#locations.user(record.user.id), record.version, status, bulkId)
  }

  #group({ record }: GroupView, status: 200 | 201 | 204, bulkId: string | null): BulkOutcome {
    return this.#done(record.group.id, this.#locations.group(record.group.id), record.version, status, bulkId)
  }

  #locationOf(operation: WellFormedOperation): string | null {
    if (operation.kind === 'create' || !isId(operation.id)) return null
    return operation.type.name === 'User' ? this.#locations.user(userId(operation.id)) : this.#locations.group(groupId(operation.id))
  }
}

/** Outages and bugs end the job as they would end a request; only what the protocol knows becomes an entry. */
function asScimError(error: unknown): ScimError {
  if (error instanceof ScimError) return error
  throw error
}
