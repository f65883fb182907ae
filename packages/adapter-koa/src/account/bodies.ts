import { fromBase64url, isAddress, isBytes } from '@latchkey/domain'
import type { Context } from 'koa'
import { z } from 'zod'
import { type BodyLimits, readBody } from '../middleware/read-body.ts'
import { Problem } from './problem.ts'

export const bytes = (length: number) => z.string().refine((text) => isBytes(text, length), `must be ${length} bytes in base64url`)
export const someBytes = (lengthMax: number) =>
  z
    .string()
    .min(1)
    .max(lengthMax)
    .refine((text) => fromBase64url(text) !== undefined, 'must be base64url')

const protectedKeys = z.strictObject({
  version: z.int().min(1),
  profile: z.literal('argon2id-64m-3-4'),
  salt: bytes(16),
  password: someBytes(1_024),
  recovery: someBytes(1_024),
  privateKeys: someBytes(1_024),
  signature: bytes(64),
})

export const keyRegistrationBody = z.strictObject({
  nonce: z.string().max(1_024),
  statement: someBytes(1_024),
  statementSignature: bytes(64),
  previousSignature: bytes(64).nullable(),
  possession: bytes(64),
  protectedKeys,
  unlockProof: bytes(32),
  recoveryProof: bytes(32),
})

export const replaceProtectedKeysBody = z.strictObject({
  protectedKeys,
  unlockProof: bytes(32).optional(),
  recoveryProof: bytes(32).optional(),
})

export const unlockBody = z.strictObject({ unlockProof: bytes(32) })
export const recoverBody = z.strictObject({ recoveryProof: bytes(32) })
export const noteBody = z.strictObject({ sealed: someBytes(16_384) })
export const ownerLinkBody = z.strictObject({ secret: z.string().regex(/^[0-9a-f]{64}$/) })

export const findOrganizationBody = z.strictObject({ address: z.string().refine(isAddress, 'must be an e-mail address') })

const ownerName = { organization: z.string().min(1).max(63), userName: z.string().min(1).max(320) }
export const ownerParametersBody = z.strictObject(ownerName)
export const ownerSignInBody = z.strictObject({ ...ownerName, unlockProof: bytes(32) })

const accountBody: BodyLimits = { name: 'accountBodyBytesMax', bytesMax: 64 * 1_024, keysMax: 100 }

/** The body of a request, if it is exactly what the schema says. */
export async function bodyOf<Body>(ctx: Context, schema: z.ZodType<Body>, limits: BodyLimits = accountBody): Promise<Body> {
  const parsed = schema.safeParse(await readBody(ctx, limits))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Problem(400, 'invalid-body', `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'has another form'}.`)
}
