import { masterPasswordLengthMin } from '@latchkey/client-crypto'
import type { AccountSession } from '../account-api.ts'
import { type PasswordStrength, passwordStrength } from '../password-strength.ts'
import { PasswordEntry } from '../../design/entry.tsx'
import type { FieldErrors } from '../../design/task-form.tsx'

export interface NewPassword {
  readonly password: string
  readonly repeated: string
}

export const noPassword: NewPassword = { password: '', repeated: '' }

const words: Readonly<Record<PasswordStrength, string>> = {
  'too-easy': 'too easy to guess',
  weak: 'weak: add a word or two',
  fair: 'fair',
  strong: 'strong',
}

const levels: Readonly<Record<PasswordStrength, number>> = { 'too-easy': 1, weak: 2, fair: 3, strong: 4 }

/** What keeps these from being a new master password, by field. */
export function newPasswordErrors({ password, repeated }: NewPassword, session: AccountSession): FieldErrors {
  const length = Array.from(password.normalize('NFKC')).length
  if (length < masterPasswordLengthMin) {
    return { password: `A master password has at least ${masterPasswordLengthMin} characters; this has ${length}.` }
  }
  if (passwordStrength(password, namesOf(session)) === 'too-easy') {
    return { password: 'This is among the first things that are guessed. Use several words that have nothing to do with one another.' }
  }
  return password === repeated ? {} : { repeated: 'This is not the same as above.' }
}

/** A new master password, typed twice, with how hard it is to guess. */
export function NewPasswordEntries({
  value,
  onChange,
  errors,
  session,
}: {
  readonly value: NewPassword
  readonly onChange: (value: NewPassword) => void
  readonly errors: FieldErrors
  readonly session: AccountSession
}) {
  const strength = value.password === '' ? null : passwordStrength(value.password, namesOf(session))
  return (
    <>
      <PasswordEntry
        label="New master password"
        autoComplete="new-password"
        hint={`At least ${masterPasswordLengthMin} characters. Several unrelated words are good and easy to keep.`}
        value={value.password}
        onChange={(password) => onChange({ ...value, password })}
        error={errors['password']}
      />
      <div className="strength">
        <meter
          min={0}
          low={2}
          high={3}
          max={4}
          optimum={4}
          value={strength === null ? 0 : levels[strength]}
          aria-label="Strength of the new master password"
        />
        <p role="status">{strength === null ? 'Strength: nothing typed yet' : `Strength: ${words[strength]} (an estimate)`}</p>
      </div>
      <PasswordEntry
        label="The same master password again"
        autoComplete="new-password"
        value={value.repeated}
        onChange={(repeated) => onChange({ ...value, repeated })}
        error={errors['repeated']}
      />
    </>
  )
}

function namesOf({ user, organization }: AccountSession): readonly string[] {
  return [user.userName, user.displayName ?? '', organization.name, organization.slug]
}
