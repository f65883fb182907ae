import type { Letters, Mailer } from '@latchkey/application'

export type SentMail = Parameters<Mailer['send']>[0]

/** A mailer that accepts everything and keeps what it was given, in order. */
export function memoryMailer(): Mailer & { readonly sent: readonly SentMail[] } {
  const sent: SentMail[] = []
  return {
    sent,
    async send(mail) {
      sent.push(mail)
    },
  }
}

/** Letters of one line, which say what they must and nothing else. */
export const plainLetters: Letters = {
  setUp({ organizationName, recipientName, signInUrl }) {
    const text = `${recipientName ?? 'You'}: set up your account at ${organizationName}: ${signInUrl}`
    return { subject: `Set up your account at ${organizationName}`, text, html: `<p>${escaped(text)}</p>` }
  },
  scimTokenExpires({ organizationName, description, prefix, expiresAt }) {
    const text = `The SCIM token ${description} (${prefix}) of ${organizationName} expires at ${new Date(expiresAt).toISOString()}.`
    return { subject: `A SCIM token of ${organizationName} expires`, text, html: `<p>${escaped(text)}</p>` }
  },
  massChange({ organizationName, users, prefix }) {
    const text = `${users} people of ${organizationName} lost their access by ${prefix}.`
    return { subject: `Mass change at ${organizationName}`, text, html: `<p>${escaped(text)}</p>` }
  },
  accountNotice({ organizationName, signInUrl, notice }) {
    const text = `Your account at ${organizationName}: ${notice.kind}. ${signInUrl}`
    return { subject: `${notice.kind} at ${organizationName}`, text, html: `<p>${escaped(text)}</p>` }
  },
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
