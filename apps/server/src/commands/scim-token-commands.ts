import { type IssuedScimToken, ScimTokens } from '@latchkey/application'
import {
  type ScimTokenId,
  isId,
  licenceHint,
  rotationOverlapHoursMax,
  rotationOverlapHoursPreset,
  scimTokenId,
  scimTokenPrefix,
  scimTokenTtlDaysMax,
  scimTokenTtlDaysPreset,
  scimTokensUsableMax,
} from '@latchkey/domain'
import type { Opened } from '../composition/open.ts'
import { Addresses } from '../composition/tokens.ts'
import { type Command, CommandError, type Options, iso, organizationNamed, table } from './command.ts'

const create: Command = {
  words: ['scim-token', 'create'],
  usage: '--org acme --description Okta --ttl-days 365 [--mode tolerant or strict]',
  options: ['org', 'description', 'ttl-days', 'mode'],
  async run({ container }, options) {
    const mode = options.optional('mode') ?? 'tolerant'
    if (mode !== 'tolerant' && mode !== 'strict') throw new CommandError('--mode takes tolerant or strict.')
    const organization = await organizationNamed(container, options.required('org'))
    const ttlDays = wholeNumber(options, 'ttl-days', scimTokenTtlDaysPreset)
    const result = await container.get(ScimTokens).create(organization, { description: options.required('description'), ttlDays, mode })
    if (!result.ok) {
      switch (result.error) {
        case 'not-entitled':
          throw new CommandError(`SCIM provisioning is not licensed here, so no token can be made. ${licenceHint}`)
        case 'description-invalid':
          throw new CommandError('--description takes 1 to 200 visible characters.')
        case 'ttl-invalid':
          throw new CommandError(`--ttl-days takes 1 to ${scimTokenTtlDaysMax}, or 0 for never.`)
        case 'too-many-tokens':
          throw new CommandError(
            `${organization.slug} has ${scimTokensUsableMax} usable SCIM tokens; revoke one first: latchkey scim-token list --org ${organization.slug}`,
          )
      }
    }
    return issued(
      container,
      result.value,
      organization.scimEnabled
        ? ''
        : `\nSCIM is off for ${organization.slug}; turn it on with: latchkey scim enable --org ${organization.slug}`,
    )
  },
}

const list: Command = {
  words: ['scim-token', 'list'],
  usage: '--org acme',
  options: ['org'],
  async run({ container }, options) {
    const organization = await organizationNamed(container, options.required('org'))
    const tokens = (await container.get(ScimTokens).list(organization)).map((token) => {
      return {
        id: token.id,
        description: token.description,
        prefix: scimTokenPrefix(token),
        mode: token.mode,
        createdAt: iso(token.createdAt),
        lastUsedAt: iso(token.lastUsedAt),
        expiresAt: iso(token.expiresAt),
        revokedAt: iso(token.revokedAt),
      }
    })
    return { json: { tokens }, text: table(tokens) }
  },
}

const rotate: Command = {
  words: ['scim-token', 'rotate'],
  usage: '--org acme ID [--overlap-hours 72]',
  options: ['org', 'overlap-hours'],
  takesArgument: true,
  async run({ container }, options) {
    const organization = await organizationNamed(container, options.required('org'))
    const overlapHours = wholeNumber(options, 'overlap-hours', rotationOverlapHoursPreset)
    const result = await container.get(ScimTokens).rotate(organization, tokenIdOf(options), overlapHours)
    if (!result.ok) {
      switch (result.error) {
        case 'token-not-found':
          throw unknownToken(organization.slug)
        case 'token-not-usable':
          throw new CommandError('This token is revoked or expired; make a new one: latchkey scim-token create')
        case 'overlap-invalid':
          throw new CommandError(`--overlap-hours takes 0 to ${rotationOverlapHoursMax}.`)
      }
    }
    return issued(container, result.value, `\nThe old token works for ${overlapHours} more hours.`)
  },
}

const revoke: Command = {
  words: ['scim-token', 'revoke'],
  usage: '--org acme ID',
  options: ['org'],
  takesArgument: true,
  async run({ container }, options) {
    const organization = await organizationNamed(container, options.required('org'))
    const result = await container.get(ScimTokens).revoke(organization, tokenIdOf(options))
    if (!result.ok) throw unknownToken(organization.slug)
    const { id, revokedAt } = result.value
    return { json: { id, revokedAt: iso(revokedAt) }, text: `The token ${id} is revoked.` }
  },
}

/** One action for whoever has just been warned (LIF-7). */
function freeze(word: 'freeze' | 'release'): Command {
  return {
    words: ['scim-token', word],
    usage: '--org acme ID',
    options: ['org'],
    takesArgument: true,
    async run({ container }, options) {
      const organization = await organizationNamed(container, options.required('org'))
      const result = await container.get(ScimTokens).freeze(organization, tokenIdOf(options), word === 'freeze')
      if (!result.ok) throw unknownToken(organization.slug)
      const { id, frozenAt } = result.value
      return { json: { id, frozenAt: iso(frozenAt) }, text: `The token ${id} is ${frozenAt === null ? 'released' : 'frozen'}.` }
    },
  }
}

export const scimTokenCommands: readonly Command[] = [create, list, rotate, revoke, freeze('freeze'), freeze('release')]

/** The only time that a token is shown. */
function issued(container: Opened['container'], { token, secret }: IssuedScimToken, more: string) {
  const scimUrl = container.get(Addresses).locations.base
  const json = { id: token.id, scimUrl, token: secret, prefix: scimTokenPrefix(token), mode: token.mode, expiresAt: iso(token.expiresAt) }
  const text = `SCIM URL:   ${scimUrl}\nSCIM token: ${secret}\nIt is shown this once. It ${token.expiresAt === null ? 'never expires' : `expires at ${iso(token.expiresAt)}`}.${more}`
  return { json, text }
}

function tokenIdOf(options: Options): ScimTokenId {
  const id = options.argument('ID')
  if (!isId(id)) throw new CommandError(`${JSON.stringify(id)} is no token id; see: latchkey scim-token list`)
  return scimTokenId(id)
}

function unknownToken(slug: string): CommandError {
  return new CommandError(`${slug} has no such token; see: latchkey scim-token list --org ${slug}`)
}

function wholeNumber(options: Options, name: string, preset: number): number {
  const text = options.optional(name)
  if (text === undefined) return preset
  if (!/^\d{1,6}$/.test(text)) throw new CommandError(`--${name} takes a whole number.`)
  return Number(text)
}
