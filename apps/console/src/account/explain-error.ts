import { ClientCryptoError, type ClientCryptoErrorCode } from '@latchkey/client-crypto'
import type { Explanation } from '../design/use-task.ts'
import { ApiProblem } from '../http/json-api.ts'

const mistakes: ReadonlySet<ClientCryptoErrorCode> = new Set(['wrong-password', 'wrong-recovery-kit', 'password-too-short'])

export function explainError(error: unknown): Explanation {
  if (error instanceof ApiProblem) {
    const left = error.attemptsLeft
    // An owner who signs in is not told how many are left, and 0 is what that looks like.
    const attempts = left === null || left === 0 ? '' : ` ${left} ${left === 1 ? 'attempt is' : 'attempts are'} left.`
    return { text: `${error.message}${attempts}`, code: null, signInAgain: error.code === 'session-too-old' }
  }
  if (error instanceof ClientCryptoError) {
    if (mistakes.has(error.code)) return { text: error.message, code: null, signInAgain: false }
    return {
      text: `${error.message} Your browser stopped: it opened nothing and sent nothing further. Do not try again; tell your administrator.`,
      code: error.code,
      signInAgain: false,
    }
  }
  if (error instanceof Error) return { text: error.message, code: null, signInAgain: false }
  return { text: 'Something went wrong on this page. Load it again.', code: null, signInAgain: false }
}
