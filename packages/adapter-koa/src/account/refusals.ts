import type {
  KeyChallengeRefusal,
  OwnerSignInRefusal,
  RegisterEncryptionKeyRefusal,
  ReleaseRefusal,
  ReplaceProtectedKeysRefusal,
  RequestKeyResetRefusal,
} from '@latchkey/application'
import type { Context } from 'koa'
import { notSignedIn, setUpFirst } from './guard.ts'
import { Problem } from './problem.ts'

type AccountRefusal =
  | KeyChallengeRefusal
  | RegisterEncryptionKeyRefusal
  | ReplaceProtectedKeysRefusal
  | RequestKeyResetRefusal
  | 'link-unusable'
  | 'not-signed-in'

/** Which status each refusal has, and what to do about it. */
export function problemFrom(refusal: AccountRefusal): Problem {
  switch (refusal) {
    case 'not-signed-in':
      return notSignedIn()
    case 'not-pending':
      return new Problem(409, refusal, 'There is nothing to set up: this account has an encryption key, or may not make one.')
    case 'session-too-old':
      return new Problem(403, refusal, 'For this you must have signed in within the last five minutes. Sign in again.')
    case 'nonce-unknown':
      return new Problem(409, refusal, 'This set-up has expired or was finished elsewhere. Begin again.')
    case 'version-moved':
    case 'fingerprint-retired':
    case 'moved':
      return new Problem(409, refusal, 'The key was changed elsewhere meanwhile. Load the page again.')
    case 'statement-invalid':
    case 'proof-invalid':
    case 'signature-invalid':
      return new Problem(400, refusal, 'What your browser signed does not hold. Nothing was stored; load the page again.')
    case 'proof-missing':
      return new Problem(400, refusal, 'A new master password comes with its unlock proof, and a new recovery kit with its recovery proof.')
    case 'not-unlocked':
      return new Problem(403, refusal, 'Unlock with your master password first.')
    case 'no-key':
      return setUpFirst()
    case 'already-requested':
      return new Problem(409, refusal, 'A reset is requested already. You can cancel it until it takes effect.')
    case 'link-unusable':
      return new Problem(403, refusal, 'This link was used, replaced or has expired. Ask for another: latchkey owner link.')
  }
}

export function releaseProblem(ctx: Context, refusal: ReleaseRefusal | OwnerSignInRefusal | 'not-signed-in', now = Date.now()): Problem {
  if (refusal === 'not-signed-in') return notSignedIn()
  switch (refusal.kind) {
    case 'no-key':
      return setUpFirst()
    case 'wrong-proof':
      return new Problem(403, 'wrong-proof', 'That is not right. Check what you typed and try again.', {
        attemptsLeft: refusal.attemptsLeft,
      })
    case 'too-many-proofs': {
      const seconds = Math.max(1, Math.ceil((refusal.nextAt - now) / 1_000))
      ctx.set('Retry-After', String(seconds))
      const minutes = Math.ceil(seconds / 60)
      return new Problem(
        429,
        'too-many-proofs',
        `Too many wrong attempts. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
      )
    }
  }
}
