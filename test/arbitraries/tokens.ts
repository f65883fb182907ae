import fc from 'fast-check'
import { type ScimToken, formatScimToken, scimTokenRandomBytes } from '@latchkey/domain'
import { scimTokenIds } from './ids.ts'

/** A token as it is shown once. */
export const scimTokenTexts: fc.Arbitrary<{ readonly publicId: string; readonly token: string }> = fc
  .uint8Array({ minLength: scimTokenRandomBytes, maxLength: scimTokenRandomBytes })
  .map(formatScimToken)

const instants = fc.integer({ min: 0, max: Date.UTC(2030, 0) })

export const scimTokens: fc.Arbitrary<ScimToken> = fc.record({
  id: scimTokenIds,
  description: fc.string({ minLength: 1, maxLength: 20 }),
  publicId: scimTokenTexts.map(({ publicId }) => publicId),
  mode: fc.constantFrom('tolerant', 'strict'),
  createdBy: fc.constantFrom(null, { kind: 'operator' } as const),
  createdAt: instants,
  expiresAt: fc.option(instants),
  revokedAt: fc.option(instants),
  frozenAt: fc.option(instants),
  lastUsedAt: fc.option(instants),
})

export { instants }
