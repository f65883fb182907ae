import { type JsonObject, type ScimError, errorMessage } from '@latchkey/scim'
import type { Context } from 'koa'

/** A SCIM message as the answer: exactly this media type, without a charset (P-20). */
export function respond(ctx: Context, status: number, message: JsonObject): void {
  respondWithText(ctx, status, JSON.stringify(message))
}

/** The same where the message is JSON already. */
export function respondWithText(ctx: Context, status: number, text: string): void {
  ctx.status = status
  ctx.set('Content-Type', 'application/scim+json')
  // What is long is encoded here, once: Koa counts the bytes of a text, and Node encodes it after that.
  ctx.body = text.length < longTextLength ? text : Buffer.from(text)
}

const longTextLength = 4_096

export function respondWithError(ctx: Context, error: ScimError): void {
  respond(ctx, error.status, errorMessage(error))
}
