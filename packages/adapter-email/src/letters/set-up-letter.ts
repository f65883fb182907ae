import type { Letter, Letters } from '@latchkey/application'
import { singleLine } from '../single-line.ts'
import { greeting } from './greeting.ts'
import { type LaidOut, inOne, layOut } from './lay-out.ts'
import { organizationNameLengthMax } from './lengths.ts'

/** Tells a provisioned person who set up the account, what is left to do and why only they can do it (IDN-5, MAI-3). */
export function setUpLetter({ organizationName, recipientName, signInUrl }: Parameters<Letters['setUp']>[0]): Letter {
  const organization = singleLine(organizationName, organizationNameLengthMax)
  const greetings = { kind: 'paragraph', text: greeting(recipientName) } as const
  return layOut(`Finish setting up your ${organization} account`, [greetings, sameForAll(organization, signInUrl)])
}

const laidOutMax = 100
const laidOut = new Map<string, LaidOut>()

/** What stands in every letter of an organisation is laid out once: a first synchronisation writes a hundred thousand of them, each while its provider waits. */
function sameForAll(organization: string, signInUrl: string): LaidOut {
  const key = JSON.stringify([organization, signInUrl])
  const known = laidOut.get(key)
  if (known) return known
  if (laidOut.size >= laidOutMax) laidOut.clear()
  const made = inOne([
    { kind: 'paragraph', text: `${organization} has set up an account for you through its identity provider. To finish:` },
    {
      kind: 'steps',
      steps: [
        'Open the link below.',
        `Sign in through the single sign-on of ${organization}.`,
        'Make your master encryption key, in your own browser.',
      ],
    },
    { kind: 'action', label: 'Finish setting up', url: signInUrl },
    { kind: 'paragraph', text: 'The link only leads to the sign-in page: it carries no secret and signs nobody in.' },
    {
      kind: 'paragraph',
      text:
        'Why a key of your own? What is shared with you is encrypted from end to end, and only your key opens it. ' +
        `Nobody else can decrypt it: not the identity provider, not the administrators of ${organization}, and not this server.`,
    },
    { kind: 'paragraph', text: 'If you did not expect this mail, you may ignore it. Nothing happens until you sign in.' },
  ])
  laidOut.set(key, made)
  return made
}
