import { CreateOrganization, CreateOwnerLink, EnableScim, ListUsers } from '@latchkey/application'
import { type UserStatus, licenceHint, userStatus } from '@latchkey/domain'
import { OrganizationRegister } from '../composition/tokens.ts'
import { type Command, CommandError, iso, organizationNamed, table } from './command.ts'

const createOrganization: Command = {
  words: ['organization', 'create'],
  usage: '--slug acme --name "Acme"',
  options: ['slug', 'name'],
  async run({ container }, options) {
    const slug = options.required('slug')
    const result = await container.get(CreateOrganization).execute({ slug, name: options.required('name') })
    if (!result.ok) {
      switch (result.error) {
        case 'slug-invalid':
          throw new CommandError('--slug takes 1 to 63 lower-case letters, digits and inner hyphens.')
        case 'name-invalid':
          throw new CommandError('--name takes 1 to 200 visible characters.')
        case 'slug-taken':
          throw new CommandError(`There is an organisation ${JSON.stringify(slug)} already; choose another --slug.`)
      }
    }
    const { organization, ownerLink } = result.value
    return {
      json: { id: organization.id, slug: organization.slug, ownerLink },
      text: `Organisation ${organization.slug} (${organization.id}) is there.\nIts owner begins, within 7 days and once, at: ${ownerLink}\nNext: latchkey scim enable --org ${slug}`,
    }
  },
}

const listOrganizations: Command = {
  words: ['organization', 'list'],
  usage: '',
  options: [],
  async run({ container }) {
    const organizations = (await container.get(OrganizationRegister).list()).map(({ id, slug, name, scimEnabled, createdAt }) => {
      return { id, slug, name, scimEnabled, createdAt: iso(createdAt) }
    })
    return { json: { organizations }, text: table(organizations) }
  },
}

const createOwnerLink: Command = {
  words: ['owner', 'link'],
  usage: '--org acme --email ada@acme.example',
  options: ['org', 'email'],
  async run({ container }, options) {
    const organization = await organizationNamed(container, options.required('org'))
    const result = await container.get(CreateOwnerLink).execute(organization, options.required('email'))
    if (!result.ok) {
      switch (result.error) {
        case 'address-invalid':
          throw new CommandError('--email takes an e-mail address.')
        case 'name-taken':
          throw new CommandError(
            'Somebody who is no owner has this address as user name; an owner is a local account with a name of its own.',
          )
      }
    }
    const expiresAt = iso(result.value.expiresAt)
    return { json: { ownerLink: result.value.ownerLink, expiresAt }, text: `Until ${expiresAt}, once: ${result.value.ownerLink}` }
  },
}

function switchScim(word: 'enable' | 'disable'): Command {
  return {
    words: ['scim', word],
    usage: '--org acme',
    options: ['org'],
    async run({ container }, options) {
      const organization = await organizationNamed(container, options.required('org'))
      const result = await container.get(EnableScim).execute(organization, word === 'enable')
      if (!result.ok) throw new CommandError(`SCIM provisioning is not licensed here. ${licenceHint}`)
      const { slug, scimEnabled } = result.value
      return { json: { slug, enabled: scimEnabled }, text: `SCIM provisioning is ${scimEnabled ? 'on' : 'off'} for ${slug}.` }
    },
  }
}

const statuses: readonly UserStatus[] = ['pending-encryption-key', 'active', 'deactivated']

const listUsers: Command = {
  words: ['user', 'list'],
  usage: '--org acme [--status pending-encryption-key]',
  options: ['org', 'status'],
  async run({ container }, options) {
    const status = options.optional('status') ?? null
    const known = statuses.find((candidate) => candidate === status) ?? null
    if (status !== null && known === null) throw new CommandError(`--status takes one of: ${statuses.join(', ')}.`)
    const organization = await organizationNamed(container, options.required('org'))
    const users = (await container.get(ListUsers).execute(organization, known)).map((user) => {
      return { id: user.id, userName: user.userName, status: userStatus(user), managedBy: user.managedBy, role: user.effectiveRole }
    })
    return { json: { users }, text: table(users) }
  },
}

export const organizationCommands: readonly Command[] = [
  createOrganization,
  listOrganizations,
  createOwnerLink,
  switchScim('enable'),
  switchScim('disable'),
  listUsers,
]
