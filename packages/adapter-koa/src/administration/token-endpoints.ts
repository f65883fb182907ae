import type { Administrator, IssuedScimToken, Locations, ReadRecords, ScimTokens } from '@latchkey/application'
import {
  type Actor,
  type ScimToken,
  rotationOverlapHoursMax,
  rotationOverlapHoursPreset,
  scimTokenId,
  scimTokenPrefix,
  scimTokenTtlDaysMax,
  scimTokenTtlDaysPreset,
} from '@latchkey/domain'
import { z } from 'zod'
import { type Endpoint, endpoint } from './endpoint.ts'
import { problemFrom } from './refusals.ts'
import { actor, actorView, id, instant, iso, nothing, withId } from './schemas.ts'

const token = z.object({
  id,
  description: z.string(),
  prefix: z.string(),
  mode: z.enum(['tolerant', 'strict']),
  createdBy: actor.nullable(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  frozenAt: instant.nullable(),
})

const issuedToken = token.extend({ scimUrl: z.url(), token: z.string().describe('Shown this once; nothing keeps it.') })

export function tokenEndpoints(scimTokens: ScimTokens, records: ReadRecords, locations: Locations): readonly Endpoint[] {
  const viewOf = async (administrator: Administrator, shown: ScimToken) => {
    const nameOf = await records.actorNames(administrator, makersOf([shown]))
    return view(shown, nameOf)
  }
  const issued = async (administrator: Administrator, { token: made, secret }: IssuedScimToken) => ({
    ...(await viewOf(administrator, made)),
    scimUrl: locations.base,
    token: secret,
  })
  const freezing = (word: 'freeze' | 'release'): Endpoint =>
    endpoint({
      method: 'post',
      path: `/scim-tokens/{id}/${word}`,
      name: `${word}ScimToken`,
      summary: word === 'freeze' ? 'Refuse a token from the next request on, until it is released' : 'Accept a frozen token again',
      least: 'admin',
      params: withId,
      query: nothing,
      body: null,
      answer: token,
      async handle(administrator, { params }) {
        const result = await scimTokens.freeze(administrator.organization, scimTokenId(params.id), word === 'freeze', administrator.actor)
        if (!result.ok) throw problemFrom(result.error)
        return viewOf(administrator, result.value)
      },
    })
  return [
    endpoint({
      method: 'get',
      path: '/scim-tokens',
      name: 'listScimTokens',
      summary: 'Every SCIM token, revoked and expired ones too',
      least: 'auditor',
      params: nothing,
      query: nothing,
      body: null,
      answer: z.object({ tokens: z.array(token) }),
      async handle(administrator) {
        const tokens = await scimTokens.list(administrator.organization)
        const nameOf = await records.actorNames(administrator, makersOf(tokens))
        return { tokens: tokens.map((shown) => view(shown, nameOf)) }
      },
    }),
    endpoint({
      method: 'post',
      path: '/scim-tokens',
      name: 'createScimToken',
      summary: 'Make a SCIM token; the answer is the only time that it is shown',
      least: 'admin',
      params: nothing,
      query: nothing,
      body: z.strictObject({
        description: z.string(),
        ttlDays: z.int().min(0).max(scimTokenTtlDaysMax).default(scimTokenTtlDaysPreset).describe('0 is never.'),
        mode: z.enum(['tolerant', 'strict']).default('tolerant'),
      }),
      answer: issuedToken,
      status: 201,
      async handle(administrator, { body }) {
        const result = await scimTokens.create(administrator.organization, body, administrator.actor)
        if (!result.ok) throw problemFrom(result.error)
        return issued(administrator, result.value)
      },
    }),
    endpoint({
      method: 'post',
      path: '/scim-tokens/{id}/rotate',
      name: 'rotateScimToken',
      summary: 'Make a successor; the old token works for the overlap',
      least: 'admin',
      params: withId,
      query: nothing,
      body: z.strictObject({ overlapHours: z.int().min(0).max(rotationOverlapHoursMax).default(rotationOverlapHoursPreset) }),
      answer: issuedToken,
      status: 201,
      async handle(administrator, { params, body }) {
        const result = await scimTokens.rotate(administrator.organization, scimTokenId(params.id), body.overlapHours, administrator.actor)
        if (!result.ok) throw problemFrom(result.error)
        return issued(administrator, result.value)
      },
    }),
    endpoint({
      method: 'post',
      path: '/scim-tokens/{id}/revoke',
      name: 'revokeScimToken',
      summary: 'End a token, from the next request on',
      least: 'admin',
      params: withId,
      query: nothing,
      body: null,
      answer: token,
      async handle(administrator, { params }) {
        const result = await scimTokens.revoke(administrator.organization, scimTokenId(params.id), administrator.actor)
        if (!result.ok) throw problemFrom(result.error)
        return viewOf(administrator, result.value)
      },
    }),
    freezing('freeze'),
    freezing('release'),
  ]
}

function makersOf(tokens: readonly ScimToken[]): readonly Actor[] {
  return tokens.flatMap(({ createdBy }) => createdBy ?? [])
}

function view(shown: ScimToken, nameOf: (actor: Actor) => string | null) {
  const { id: tokenId, description, mode, createdBy, createdAt, lastUsedAt, expiresAt, revokedAt, frozenAt } = shown
  return {
    id: tokenId,
    description,
    prefix: scimTokenPrefix(shown),
    mode,
    createdBy: createdBy && actorView(createdBy, nameOf(createdBy)),
    createdAt: iso(createdAt),
    lastUsedAt: iso(lastUsedAt),
    expiresAt: iso(expiresAt),
    revokedAt: iso(revokedAt),
    frozenAt: iso(frozenAt),
  }
}
