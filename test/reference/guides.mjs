// docs/guides of each provider, from the tables that the console shows.
import { transformFileSync } from '@swc/core'

const guides = new URL('../../apps/console/src/console/guides/', import.meta.url)
const { providerGuides } = await source('provider-guides.ts')
const { ssoGuides } = await source('sso-guides.ts')

const example = 'https://keys.acme.example'
const connection = '0190c5a0-0000-7000-8000-000000000000'
const ours = {
  scimUrl: `${example}/scim/v2`,
  signInUrl: `${example}/account/sign-in?organization=acme`,
  redirectUri: `${example}/sso/oidc/callback`,
  entityId: `${example}/sso/saml/${connection}/metadata`,
  assertionConsumerUrl: `${example}/sso/saml/${connection}/acs`,
}

/** By the name of the file. */
export function guidePages({ page, table }) {
  return Object.fromEntries(providerGuides.map((guide) => [`${guide.id}.md`, providerPage(guide, { page, table })]))
}

function providerPage({ id, name, steps, notes }, { page, table }) {
  const sso = ssoGuides.find((guide) => guide.id === id)
  if (!sso) throw new Error(`There is no guide to single sign-on with ${name}.`)
  return page(
    name,
    'apps/console/src/console/guides',
    `How ${name} signs people in to Latchkey and provisions them. The console shows the same with your own values and buttons to copy them; \`${example}\` stands for your address here.`,
    '## Single sign-on',
    'In Latchkey: _Single Sign-On (SSO)_ → _General_. OpenID Connect or SAML, one of them.',
    '![The General tab, with the form for a connection](images/single-sign-on.png)',
    ...protocol('OpenID Connect', name, sso.oidc, table),
    ...protocol('SAML 2.0', name, sso.saml, table),
    'A SAML connection has its entity id and its assertion consumer from the first time that it is saved. Where the provider asks for them before it tells its own, enter any https address there, and the right ones afterwards.',
    list(sso.notes),
    '## Provisioning',
    'In Latchkey: _Single Sign-On (SSO)_ → _Provisioning_. Press _Enable SCIM provisioning_, open _Manage SCIM tokens_, press _Create_, and copy _SCIM URL_ and _New SCIM token_: the token is shown this once. SCIM provisioning is a paid feature; where it is not licensed, the page says how to get it.',
    '![The Provisioning tab, with the SCIM URL and a new SCIM token](images/new-scim-token.png)',
    ...steps.flatMap((step, index) => stepOf(step, index + 1, name, table)),
    list(notes),
    '## Whether it works',
    'Under _Provisioning_ ticks appear one by one: the token was used, the connection was tested, the first person, the first group, the first deactivation. _Activity_ below shows every request that changed something or was refused, with the reason in words.',
    '![The Provisioning tab of a provider at work, with ticks and activity](images/provisioning.png)',
    '## Why people must finish setting up',
    `Sign-in and decryption are separate. A provisioned person is initialised, and reads _Pending encryption key_; at the first sign-in they create a master encryption key in their own browser. Neither ${name} nor its SCIM client nor this server ever has it, and none of them can decrypt anything.`,
    'What the statuses mean, what deactivating, reactivating and deleting do, whom to remind, how to rotate the token, and what to do about an error: [Provisioning](provisioning.md).',
  )
}

function protocol(title, name, { where, fields, answers }, table) {
  return [
    `### ${title}`,
    `At ${name}: ${where}.`,
    table(
      ['field there', 'value'],
      fields.map((field) => [field.name, field.value.kind === 'ours' ? `\`${ours[field.value.of]}\`` : prose(field.value.text)]),
    ),
    'Then here:',
    table(
      ['field here', `from ${name}`],
      answers.map(({ field, is }) => [field, prose(is)]),
    ),
  ]
}

function stepOf({ where, todo, fields, mappings }, number, name, table) {
  const blocks = [`### ${number}. ${where}`, prose(todo)]
  if (fields.length > 0) {
    blocks.push(
      table(
        ['field there', 'value'],
        fields.map((field) => [field.name, filledIn(field.value)]),
      ),
    )
  }
  if (mappings) {
    blocks.push(
      table(
        [name, 'here'],
        mappings.map(([there, here]) => [`\`${there}\``, `\`${here}\``]),
      ),
    )
  }
  return blocks
}

function filledIn(value) {
  if (value.kind === 'text') return `\`${value.of(ours)}\``
  return value.kind === 'token' ? 'the new SCIM token' : prose(value.text)
}

function list(notes) {
  return notes.map((note) => `- ${prose(note)}`).join('\n')
}

function prose(text) {
  return text.replaceAll('<', '\\<')
}

/** A module of the console, which is bundled and not compiled file by file. */
function source(name) {
  const { code } = transformFileSync(new URL(name, guides).pathname, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } })
  return import(`data:text/javascript,${encodeURIComponent(code)}`)
}
