import { DatabaseError } from 'pg-protocol'

/** Connection exceptions, whoever ends a session or the server, the two timeouts that end a session, errors of the system and of PostgreSQL itself. */
const codes = /^(08|57P|58|XX)|^25P0[34]$/

/**
 * Whether PostgreSQL closes the connection behind this error, so that nobody knows what became of a transaction that was about to commit. Told by its code, since severities are
 * in the language of the server (`lc_messages`).
 */
export function endsSession(error: Error): boolean {
  return !(error instanceof DatabaseError) || error.code === undefined || codes.test(error.code)
}
