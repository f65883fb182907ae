import { DatabaseError } from 'pg-protocol'

/** Connection exceptions, whoever ends a session or the server, the two timeouts that end a session, errors of the system and of PostgreSQL itself. */
const codes = /^(08|57P|58|XX)|^25P0[34]$/

/**
 * Whether PostgreSQL closes the connection behind this error, so that nobody knows what became of a transaction that was about to commit. Its severity says so, but in the language of
 * the server (`lc_messages`): where that is another one its code has to do, and what may be either is taken for an end.
 */
export function endsSession(error: Error): boolean {
  if (!(error instanceof DatabaseError) || error.code === undefined) return true
  if (error.severity === 'ERROR') return false
  return error.severity === 'FATAL' || error.severity === 'PANIC' || codes.test(error.code)
}
