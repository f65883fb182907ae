import { ScimError } from '@latchkey/scim'

type Outcome<Answer> = { readonly answer: Answer; readonly refusal: null } | { readonly answer: null; readonly refusal: ScimError }

/** What some work answers, or the SCIM error with which it refuses. Any other error is a bug, and goes on. */
export function readOrRefused<Answer>(work: () => Answer): Outcome<Answer> {
  try {
    return { answer: work(), refusal: null }
  } catch (error) {
    if (error instanceof ScimError) return { answer: null, refusal: error }
    throw error
  }
}
