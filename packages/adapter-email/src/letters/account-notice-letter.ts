import type { AccountNotice, Letter, Letters } from '@latchkey/application'
import { singleLine } from '../single-line.ts'
import { greeting } from './greeting.ts'
import { type Block, layOut } from './lay-out.ts'
import { organizationNameLengthMax } from './lengths.ts'

/** Tells a person what happened to their account, and what to do if it was not they who did it. */
export function accountNoticeLetter({
  organizationName,
  recipientName,
  signInUrl,
  notice,
}: Parameters<Letters['accountNotice']>[0]): Letter {
  const organization = singleLine(organizationName, organizationNameLengthMax)
  const { subject, paragraphs } = contents(notice, organization)
  const blocks: readonly Block[] = [
    { kind: 'paragraph', text: greeting(recipientName) },
    ...paragraphs.map((text) => ({ kind: 'paragraph', text }) as const),
    { kind: 'action', label: 'Open your account', url: signInUrl },
    { kind: 'paragraph', text: 'The link only leads to the sign-in page: it carries no secret and signs nobody in.' },
  ]
  return layOut(subject, blocks)
}

function contents(notice: AccountNotice, organization: string): { readonly subject: string; readonly paragraphs: readonly string[] } {
  switch (notice.kind) {
    case 'key-registered':
      return {
        subject: `Your encryption key for ${organization} is set up`,
        paragraphs: [
          `A master encryption key was made for your account at ${organization}. From now on you unlock it with your master password, after signing in.`,
          'Keep your recovery kit where you find it again: nobody else can open what is sealed to your key, and nobody can make it anew for you.',
          'If it was not you, tell an administrator at once: somebody signed in as you.',
        ],
      }
    case 'wrong-proofs':
      return {
        subject: `Wrong master passwords for your ${organization} account`,
        paragraphs: [
          `A wrong master password, or a wrong recovery kit, was given five times for your account at ${organization}, last from ${singleLine(notice.address, 100)}. Unlocking rests for 15 minutes.`,
          'If it was you, wait and try again, or recover with your recovery kit.',
          'If it was not you, somebody can sign in as you. Nothing was opened. Tell an administrator, and end the sessions that you do not know.',
        ],
      }
    case 'key-reset-requested':
      return {
        subject: `A reset of your ${organization} encryption key was requested`,
        paragraphs: [
          `${notice.by === 'person' ? 'Somebody who is signed in as you' : 'An administrator'} asked to reset your encryption key at ${organization}. It takes effect on ${moment(notice.effectiveAt)}; until then nothing changes.`,
          'After a reset, what was sealed to your key stays closed for ever, and every group must share its key with you anew.',
          notice.by === 'person'
            ? 'If it was not you, sign in and cancel it now.'
            : 'If you did not ask for this, sign in and cancel it now.',
        ],
      }
    case 'key-reset-requested-by':
      return {
        subject: `A reset of an encryption key at ${organization} was requested`,
        paragraphs: [
          `A reset of the encryption key of ${singleLine(notice.person, 200)} was requested. It takes effect on ${moment(notice.effectiveAt)}; until then nothing changes.`,
          'Ask them whether it was they. They can cancel it on their account page.',
        ],
      }
    case 'new-sign-in-place':
      return {
        subject: `A new sign-in to your ${organization} account`,
        paragraphs: [
          `You signed in to ${organization} on ${moment(notice.at)} from a place that we had not seen: ${singleLine(notice.address, 100)}, ${singleLine(notice.userAgent, 200)}.`,
          'If it was not you, end that session on your account page and tell an administrator. Signing in opens nothing that is sealed to your key.',
        ],
      }
    case 'sso-connection-changed':
      return {
        subject: `The single sign-on of ${organization} was changed`,
        paragraphs: [
          `The connection of ${organization} to its identity provider was set anew. From now on it decides who signs in.`,
          'If you do not know why, ask your administrators at once. You can sign in as an owner without it.',
        ],
      }
    case 'sign-in-link':
      return {
        subject: `Where to sign in to ${organization}`,
        paragraphs: [
          `Somebody, probably you, asked where people of ${organization} sign in: on the page below, with the account that your organisation gave you.`,
          'If it was not you, there is nothing to do.',
        ],
      }
    case 'group-key-awaited':
      return {
        subject: `Somebody waits for a group’s key at ${organization}`,
        paragraphs: [
          `Members wait for a key that you hold at ${organization}: ${groupNames(notice.groups)}.`,
          'Compare the fingerprint with the person, by telephone or face to face, and approve them on your account page. Nobody else can open what is sealed to the group until then.',
          'You get this at most once a day. If you do not know the person, ask an administrator why they were put into the group, and approve nothing.',
        ],
      }
    case 'identity-unlinked':
      return {
        subject: `Your ${organization} account was unlinked from single sign-on`,
        paragraphs: [
          `An administrator of ${organization} took away the link between your account and your sign-in at the identity provider. You were signed out everywhere; your encryption key stays as it is.`,
          'Your next sign-in links your account anew. If you do not know why this was done, ask your administrator.',
        ],
      }
    case 'key-reset-completed':
      return {
        subject: `Your ${organization} encryption key was reset`,
        paragraphs: [
          `The reset of your encryption key at ${organization} took effect. Sign in to make a new one.`,
          'What was sealed to your former key stays closed. Groups must share their keys with you anew.',
        ],
      }
  }
}

/** The first few by name; a mail is no list. */
function groupNames(groups: readonly string[]): string {
  const named = groups.slice(0, 5).map((name) => `“${singleLine(name, 100)}”`)
  return groups.length > named.length ? `${named.join(', ')} and ${groups.length - named.length} more` : named.join(', ')
}

function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' at ')} UTC`
}
