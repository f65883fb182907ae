import { grantsPerRequestMax } from '@latchkey/application'
import { sealedKeyLength, userId } from '@latchkey/domain'
import { z } from 'zod'
import { bytes, someBytes } from '../account/bodies.ts'
import type { BodyLimits } from '../middleware/read-body.ts'

const statement = someBytes(1_024)
const sealedGrant = z.strictObject({ statement, signature: bytes(64), sealed: bytes(sealedKeyLength) })
const sealedNote = someBytes(16_384)
const count = z.int().min(0)

/** As many as a group may have members. */
const rosterMax = 100_000

export const newEpochBody = z.strictObject({
  expectedEpoch: count,
  epoch: z.strictObject({
    statement,
    signature: bytes(64),
    roster: z
      .array(z.strictObject({ userId: z.guid(), fingerprint: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits') }))
      .min(1)
      .max(rosterMax)
      .transform((roster) => roster.map((entry) => ({ user: userId(entry.userId), fingerprint: entry.fingerprint }))),
  }),
  grant: sealedGrant,
  note: z.strictObject({ sealed: sealedNote, expectedVersion: z.int().min(1) }).nullable(),
})

export const newEpochLimits: BodyLimits = { name: 'epochBodyBytesMax', bytesMax: 16 * 1_024 * 1_024, keysMax: 100 + 2 * rosterMax }

export const grantsBody = z.strictObject({ expectedEpoch: z.int().min(1), grants: z.array(sealedGrant).min(1).max(grantsPerRequestMax) })

export const grantsLimits: BodyLimits = { name: 'grantsBodyBytesMax', bytesMax: 256 * 1_024, keysMax: 100 + 3 * grantsPerRequestMax }

export const groupNoteBody = z.strictObject({ epoch: z.int().min(1), sealed: sealedNote, expectedVersion: count })
