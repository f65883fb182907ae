import type { Letter, Letters } from '@latchkey/application'
import { singleLine } from '../single-line.ts'
import { layOut } from './lay-out.ts'
import { organizationNameLengthMax } from './lengths.ts'

/** Tells an owner or administrator that provisioning will stop, and how it goes on (TOK-5). The prefix names the token; the secret is nowhere. */
export function scimTokenExpiresLetter(facts: Parameters<Letters['scimTokenExpires']>[0]): Letter {
  const organization = singleLine(facts.organizationName, organizationNameLengthMax)
  const description = singleLine(facts.description, organizationNameLengthMax)
  const day = new Date(facts.expiresAt).toISOString().slice(0, 10)
  return layOut(`A SCIM token of ${organization} expires on ${day}`, [
    { kind: 'paragraph', text: `The SCIM token "${description}" (${facts.prefix}…) of ${organization} expires on ${day}, UTC.` },
    {
      kind: 'paragraph',
      text: 'From then on your identity provider can no longer create, change or remove anybody here. To keep it working:',
    },
    {
      kind: 'steps',
      steps: [
        `Rotate the token: latchkey scim-token list --org ${facts.organizationSlug}, then latchkey scim-token rotate.`,
        'Put the new token into your identity provider. The old one works on for the overlap you choose.',
        'Test the connection there.',
      ],
    },
    { kind: 'paragraph', text: 'If the token is no longer needed, revoke it; then nobody will write to you about it again.' },
  ])
}
