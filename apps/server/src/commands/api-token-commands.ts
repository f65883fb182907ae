import { ApiTokens } from '@latchkey/application'
import {
  type ApiTokenRole,
  apiTokenId,
  apiTokenPrefix,
  apiTokensUsableMax,
  isId,
  scimTokenTtlDaysMax,
  scimTokenTtlDaysPreset,
} from '@latchkey/domain'
import { type Command, CommandError, iso, organizationNamed, table } from './command.ts'

const roles: readonly ApiTokenRole[] = ['auditor', 'admin', 'owner']

const create: Command = {
  words: ['api-token', 'create'],
  usage: '--org acme --description Backups [--ttl-days 365] [--role admin]',
  options: ['org', 'description', 'ttl-days', 'role'],
  async run({ container }, options) {
    const wished = options.optional('role') ?? 'admin'
    const role = roles.find((candidate) => candidate === wished)
    if (!role) throw new CommandError(`--role takes one of: ${roles.join(', ')}.`)
    const days = options.optional('ttl-days') ?? String(scimTokenTtlDaysPreset)
    if (!/^\d{1,6}$/.test(days)) throw new CommandError('--ttl-days takes a whole number.')
    const organization = await organizationNamed(container, options.required('org'))
    const wish = { description: options.required('description'), ttlDays: Number(days), role }
    const result = await container.get(ApiTokens).create(organization, wish)
    if (!result.ok) {
      switch (result.error) {
        case 'description-invalid':
          throw new CommandError('--description takes 1 to 200 visible characters.')
        case 'ttl-invalid':
          throw new CommandError(`--ttl-days takes 1 to ${scimTokenTtlDaysMax}, or 0 for never.`)
        case 'too-many-tokens':
          throw new CommandError(
            `${organization.slug} has ${apiTokensUsableMax} usable API tokens; revoke one first: latchkey api-token list`,
          )
      }
    }
    const { token, secret } = result.value
    return {
      json: { id: token.id, token: secret, prefix: apiTokenPrefix(token), role, expiresAt: iso(token.expiresAt) },
      text: `API token: ${secret}\nIt is shown this once, and may do what an ${role} may.`,
    }
  },
}

const list: Command = {
  words: ['api-token', 'list'],
  usage: '--org acme',
  options: ['org'],
  async run({ container }, options) {
    const organization = await organizationNamed(container, options.required('org'))
    const tokens = (await container.get(ApiTokens).list(organization)).map((token) => {
      return {
        id: token.id,
        description: token.description,
        prefix: apiTokenPrefix(token),
        role: token.role,
        createdAt: iso(token.createdAt),
        lastUsedAt: iso(token.lastUsedAt),
        expiresAt: iso(token.expiresAt),
        revokedAt: iso(token.revokedAt),
      }
    })
    return { json: { tokens }, text: table(tokens) }
  },
}

const revoke: Command = {
  words: ['api-token', 'revoke'],
  usage: '--org acme ID',
  options: ['org'],
  takesArgument: true,
  async run({ container }, options) {
    const organization = await organizationNamed(container, options.required('org'))
    const id = options.argument('ID')
    const result = isId(id) ? await container.get(ApiTokens).revoke(organization, apiTokenId(id)) : null
    if (!result?.ok)
      throw new CommandError(`${organization.slug} has no such token; see: latchkey api-token list --org ${organization.slug}`)
    const { revokedAt } = result.value
    return { json: { id: result.value.id, revokedAt: iso(revokedAt) }, text: `The token ${id} is revoked.` }
  },
}

export const apiTokenCommands: readonly Command[] = [create, list, revoke]
