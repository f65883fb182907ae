import { DatabaseError } from 'pg-protocol'
import { describe, expect, test } from 'vitest'
import { endsSession } from './ended-session.ts'

function told(severity: string, code: string): DatabaseError {
  return Object.assign(new DatabaseError('', 0, 'error'), { severity, code })
}

describe('an error of PostgreSQL', () => {
  test.each([
    ['a taken name', 'ERROR', '23505'],
    ['a taken name, in German', 'FEHLER', '23505'],
    ['a bug of PostgreSQL', 'ERROR', 'XX000'],
    ['a change that somebody else made', 'ERROR', '40001'],
    ['a statement that took too long', 'ERROR', '57014'],
    ['a lock that was not free in time', 'ERREUR', '55P03'],
  ])('%s leaves the session as it is', (_name, severity, code) => {
    expect(endsSession(told(severity, code))).toBe(false)
  })

  test.each([
    ['an administrator', 'FATAL', '57P01'],
    ['a crash, in Polish', 'KATASTROFALNY', '57P02'],
    ['something without a code of its own', 'FATAL', '42501'],
    ['the timeout of an idle transaction', 'FATAL', '25P03'],
    ['the timeout of a transaction', 'FATAL', '25P04'],
    ['a full disk', 'PANIC', '58030'],
    ['what may be a bug or an end, in German', 'FEHLER', 'XX000'],
  ])('%s ends it', (_name, severity, code) => {
    expect(endsSession(told(severity, code))).toBe(true)
  })

  test('whatever the connection says of itself ends it', () => {
    expect(endsSession(new Error('Connection terminated unexpectedly'))).toBe(true)
  })
})
