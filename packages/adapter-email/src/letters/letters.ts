import type { Letters } from '@latchkey/application'
import { accountNoticeLetter } from './account-notice-letter.ts'
import { massChangeLetter } from './mass-change-letter.ts'
import { scimTokenExpiresLetter } from './scim-token-expires-letter.ts'
import { setUpLetter } from './set-up-letter.ts'

/** Every letter that Latchkey writes, one module each. */
export const letters: Letters = {
  setUp: setUpLetter,
  scimTokenExpires: scimTokenExpiresLetter,
  massChange: massChangeLetter,
  accountNotice: accountNoticeLetter,
}
