interface ProblemText {
  readonly title: string
  readonly text: string
  readonly advice: string
}

/** One clear text for each reason why a sign-in led nowhere. */
const problemTexts: Readonly<Record<string, ProblemText>> = {
  'not-provisioned': {
    title: 'You are not provisioned yet',
    text: 'Your organisation signed you in, and Latchkey does not know you: your organisation has not sent your account here.',
    advice: 'Ask whoever manages accounts in your organisation to assign Latchkey to you. Nothing else is needed; then sign in again.',
  },
  deactivated: {
    title: 'Your account is deactivated',
    text: 'Your organisation has switched this account off. Your key is untouched and comes back with the account.',
    advice: 'If that is a mistake, ask whoever manages accounts in your organisation to activate it again.',
  },
  'claim-mismatch': {
    title: 'You signed in under another name',
    text: 'The name that your organisation sent with the sign-in is not the name of any account here.',
    advice: 'Ask your administrator to compare the matching claim on the Single Sign-On page with your user name.',
  },
  'other-subject': {
    title: 'This account belongs to another sign-in',
    text: 'An account of this name exists, and it is linked to another identity at your identity provider.',
    advice: 'If you were given a new identity, ask your administrator to link it. Nobody can do it by signing in.',
  },
  'sign-in-expired': {
    title: 'This sign-in took too long',
    text: 'A sign-in must be finished within ten minutes, in the browser in which it began.',
    advice: 'Sign in again.',
  },
  'assertion-invalid': {
    title: 'The sign-in could not be verified',
    text: 'What your identity provider sent does not hold: it is not signed as agreed, not meant for Latchkey, or out of date.',
    advice: 'Try again. If it stays so, ask your administrator to test the connection on the Single Sign-On page.',
  },
  replayed: {
    title: 'This sign-in was used already',
    text: 'Each answer of your identity provider signs in once. This one came a second time and was refused.',
    advice: 'Sign in again. If you did not load a page twice, tell your administrator.',
  },
  'no-connection': {
    title: 'No single sign-on here yet',
    text: 'Your organisation has not connected its identity provider.',
    advice: 'Ask your administrator. Owners can sign in with their master password.',
  },
  'provider-refused': {
    title: 'Your identity provider did not sign you in',
    text: 'The sign-in was cancelled, or your organisation does not let you use Latchkey.',
    advice: 'Try again, or ask whoever manages accounts in your organisation.',
  },
  'provider-unavailable': {
    title: 'Your identity provider does not answer',
    text: 'Latchkey could not reach the identity provider of your organisation. Nothing was changed.',
    advice: 'Try again in a few minutes. If it stays so, tell your administrator.',
  },
  'too-many-attempts': {
    title: 'Too many sign-ins from here',
    text: 'Very many sign-ins came from your network within a minute, so yours was not begun.',
    advice: 'Wait a minute, then sign in again.',
  },
  unavailable: {
    title: 'Latchkey is briefly unavailable',
    text: 'Nothing was changed.',
    advice: 'Sign in again in a few seconds.',
  },
}

const unknownProblem: ProblemText = {
  title: 'The sign-in did not work',
  text: 'Nothing was changed.',
  advice: 'Try again. If it stays so, tell your administrator the word below.',
}

export const problemCodes: readonly string[] = Object.keys(problemTexts)

export function problemText(code: string): ProblemText {
  return Object.hasOwn(problemTexts, code) ? problemTexts[code]! : unknownProblem
}
