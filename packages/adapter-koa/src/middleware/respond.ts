import { type JsonObject, type ScimError, errorMessage } from '@latchkey/scim'
import type { Context } from 'koa'

/** A SCIM message as the answer: exactly this media type, without a charset (P-20). */
export function respond(ctx: Context, status: number, message: JsonObject): void {
  ctx.status = status
  ctx.set('Content-Type', 'application/scim+json')
  ctx.body = JSON.stringify(message)
}

export function respondWithError(ctx: Context, error: ScimError): void {
  respond(ctx, error.status, errorMessage(error))
}
