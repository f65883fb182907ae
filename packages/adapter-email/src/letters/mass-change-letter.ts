import type { Letter, Letters } from '@latchkey/application'
import { singleLine } from '../single-line.ts'
import { layOut } from './lay-out.ts'
import { organizationNameLengthMax } from './lengths.ts'

/** Tells an owner that provisioning took access from many at once, and how to stop it (LIF-7). */
export function massChangeLetter(facts: Parameters<Letters['massChange']>[0]): Letter {
  const organization = singleLine(facts.organizationName, organizationNameLengthMax)
  const description = singleLine(facts.description, organizationNameLengthMax)
  return layOut(`${facts.users} people lost their access to ${organization}`, [
    {
      kind: 'paragraph',
      text: `Within an hour, provisioning deactivated or deleted ${facts.users} people of ${organization}. It used the SCIM token "${description}" (${facts.prefix}…).`,
    },
    { kind: 'paragraph', text: 'If this was meant, there is nothing to do. If it was not:' },
    {
      kind: 'steps',
      steps: [
        `Freeze the token, under Single Sign-On (SSO), Provisioning, or with: latchkey scim-token freeze --org ${facts.organizationSlug} ${facts.token}`,
        'Correct the assignments in your identity provider.',
        'Release the token. Whoever was deactivated comes back with the next synchronisation.',
        'Restore whoever was deleted, within 30 days, under Members. They keep their encryption keys.',
      ],
    },
  ])
}
