import { type JsonObject, ScimError, isObject, limits, readJson } from '@latchkey/scim'
import type { Context } from 'koa'
import getRawBody from 'raw-body'
import { stateOf } from './state.ts'

/** How much a body may hold. */
export interface BodyLimits {
  readonly name: string
  readonly bytesMax: number
  readonly keysMax: number
}

export const userBody: BodyLimits = { name: 'bodyBytesMax', bytesMax: limits.bodyBytesMax, keysMax: limits.jsonKeysMax }

/** Each of its operations has three names beside what its value holds. */
export const userPatchBody: BodyLimits = { ...userBody, keysMax: limits.jsonKeysMax + 3 * limits.patchOperationsMax }

/** Members are counted as members; each has a handful of names. */
export const groupBody: BodyLimits = {
  name: 'groupBodyBytesMax',
  bytesMax: limits.groupBodyBytesMax,
  keysMax: limits.jsonKeysMax + 5 * limits.membersMax,
}

/** Each operation may hold as many names as a body of its own. */
export const bulkBody: BodyLimits = {
  name: 'maxPayloadSize',
  bytesMax: limits.bulkBytesMax,
  keysMax: limits.jsonKeysMax * limits.bulkOperationsMax,
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The JSON object that a request carries, as `application/scim+json` or `application/json` (RFC 7644 §3.8). */
export async function readBody(ctx: Context, { name, bytesMax, keysMax }: BodyLimits): Promise<JsonObject> {
  const type = ctx.get('Content-Type').split(';')[0]!.trim().toLowerCase()
  if (type !== '' && type !== 'application/scim+json' && type !== 'application/json') {
    throw new ScimError(415, undefined, 'Send the body as application/scim+json.')
  }
  if (!['', 'identity'].includes(ctx.get('Content-Encoding').toLowerCase()))
    throw new ScimError(415, undefined, 'Send the body without compression.')
  const body = await receive(ctx, name, bytesMax)
  let text: string
  try {
    text = utf8.decode(body)
  } catch {
    throw new ScimError(400, 'invalidSyntax', 'The body is not UTF-8.')
  }
  const json = readJson(text, { depthMax: limits.jsonDepthMax, keysMax, elementsMax: limits.membersMax + limits.jsonKeysMax })
  if (!isObject(json)) throw new ScimError(400, 'invalidSyntax', 'The body must be a JSON object.')
  stateOf(ctx).body = json
  return json
}

async function receive(ctx: Context, name: string, bytesMax: number): Promise<Buffer> {
  const length = ctx.request.length
  try {
    return await getRawBody(ctx.req, { limit: bytesMax, ...(length === undefined ? {} : { length }) })
  } catch (error) {
    if (error instanceof Error && 'type' in error && error.type === 'entity.too.large') {
      throw new ScimError(413, undefined, `The body is larger than ${bytesMax} bytes (${name}).`)
    }
    throw new ScimError(400, 'invalidSyntax', 'The body ended before it was whole.')
  }
}
