import type { ChangeSettings, EnableScim, Licensing, Locations, ShowOverview } from '@latchkey/application'
import { type Organization, scimTokenId, scimTokenPrefix } from '@latchkey/domain'
import { z } from 'zod'
import { type Endpoint, endpoint } from './endpoint.ts'
import { problemFrom } from './refusals.ts'
import { id, instant, iso, nothing, role } from './schemas.ts'

export interface OrganizationUseCases {
  readonly enableScim: EnableScim
  readonly changeSettings: ChangeSettings
  readonly licensing: Licensing
  readonly showOverview: ShowOverview
}

const settings = z.object({
  auditRetentionDays: z.int(),
  activityRetentionDays: z.int(),
  setUpMail: z.boolean().describe('Whether people who are provisioned get the set-up mail.'),
  defaultRole: z.enum(['member', 'auditor']),
  automaticGranting: z
    .boolean()
    .describe('Whether open pages of people who hold a group’s key give it to new members. Never after a reset.'),
  automaticGrantsPerHour: z.int(),
})

const organization = z.object({
  id,
  slug: z.string(),
  name: z.string(),
  scimEnabled: z.boolean(),
  scimUrl: z.url(),
  createdAt: instant,
  settings,
})

const licence = z.object({
  plan: z.string(),
  entitlements: z.array(z.string()),
  expiresAt: instant,
  state: z.enum(['evaluation', 'evaluation-over', 'licensed', 'not-started', 'expired']),
})

const count = z.int()
const connection = z.object({
  id,
  description: z.string(),
  prefix: z.string(),
  state: z.enum(['usable', 'frozen', 'revoked', 'expired']),
  expiresAt: instant.nullable(),
  lastRequestAt: instant.nullable(),
  requests: count.describe('Within 24 hours.'),
  failures: count.describe('Within 24 hours.'),
  slowestMs: z.number().nullable().describe('Within 24 hours.'),
})

export function organizationEndpoints(
  { enableScim, changeSettings, licensing, showOverview }: OrganizationUseCases,
  locations: Locations,
): readonly Endpoint[] {
  const view = (shown: Organization) => {
    const { createdAt, ...rest } = shown
    return { ...rest, scimUrl: locations.base, createdAt: iso(createdAt) }
  }
  return [
    endpoint({
      method: 'get',
      path: '/me',
      name: 'getMe',
      summary: 'Who asks, and as what',
      least: 'auditor',
      params: nothing,
      query: nothing,
      body: null,
      answer: z.object({ actor: z.object({ kind: z.string(), id: id.optional() }), role, organization }),
      handle: async ({ actor, role: as, organization: own }) => ({ actor, role: as, organization: view(own) }),
    }),
    endpoint({
      method: 'patch',
      path: '/organization',
      name: 'changeOrganization',
      summary: 'Change name or settings; what is not named stays as it is',
      least: 'owner',
      params: nothing,
      query: nothing,
      body: z.strictObject({ name: z.string().optional(), settings: settings.partial().strict().optional() }),
      answer: organization,
      async handle(administrator, { body }) {
        const named = Object.entries(body.settings ?? {}).filter(([, value]) => value !== undefined)
        const changed = await changeSettings.execute(administrator, { name: body.name, settings: Object.fromEntries(named) })
        if (!changed.ok) throw problemFrom(changed.error)
        return view(changed.value)
      },
    }),
    endpoint({
      method: 'put',
      path: '/provisioning',
      name: 'switchProvisioning',
      summary: 'Turn SCIM provisioning on or off',
      least: 'admin',
      params: nothing,
      query: nothing,
      body: z.strictObject({ enabled: z.boolean() }),
      answer: organization,
      async handle({ organization: own, actor }, { body }) {
        const changed = await enableScim.execute(own, body.enabled, actor)
        if (!changed.ok) throw problemFrom(changed.error)
        return view(changed.value)
      },
    }),
    endpoint({
      method: 'get',
      path: '/provisioning/ticks',
      name: 'getSetUpTicks',
      summary: 'What the guided set-up has seen: of one token, or of any',
      least: 'auditor',
      params: nothing,
      query: z.object({ token: id.optional() }),
      body: null,
      answer: z.object({
        tokenUsedAt: instant.nullable(),
        connectionTestedAt: instant.nullable(),
        firstUserAt: instant.nullable(),
        firstGroupAt: instant.nullable(),
        firstDeactivationAt: instant.nullable(),
      }),
      async handle(administrator, { query }) {
        const ticks = await showOverview.ticks(administrator, query.token === undefined ? null : scimTokenId(query.token))
        return {
          tokenUsedAt: iso(ticks.tokenUsedAt),
          connectionTestedAt: iso(ticks.connectionTestedAt),
          firstUserAt: iso(ticks.firstUserAt),
          firstGroupAt: iso(ticks.firstGroupAt),
          firstDeactivationAt: iso(ticks.firstDeactivationAt),
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/overview',
      name: 'getOverview',
      summary: 'How many there are, and how the connections are doing',
      least: 'auditor',
      params: nothing,
      query: nothing,
      body: null,
      answer: z.object({
        members: z.object({ 'pending-encryption-key': count, active: count, deactivated: count }),
        pendingSince: instant.nullable(),
        groups: count,
        connections: z.array(connection),
        licence,
      }),
      async handle(administrator) {
        const { members, pendingSince, groups, connections } = await showOverview.execute(administrator)
        return {
          members,
          pendingSince: iso(pendingSince),
          groups,
          connections: connections.map(({ token, lastRequestAt, ...health }) => ({
            id: token.id,
            description: token.description,
            prefix: scimTokenPrefix(token),
            expiresAt: iso(token.expiresAt),
            lastRequestAt: iso(lastRequestAt),
            ...health,
          })),
          licence: await licenceNow(),
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/licence',
      name: 'getLicence',
      summary: 'What this deployment is licensed for',
      least: 'auditor',
      params: nothing,
      query: nothing,
      body: null,
      answer: licence,
      handle: licenceNow,
    }),
  ]

  async function licenceNow() {
    const { plan, entitlements, expiresAt, state } = await licensing.status()
    return { plan, entitlements: [...entitlements], expiresAt: iso(expiresAt), state }
  }
}
