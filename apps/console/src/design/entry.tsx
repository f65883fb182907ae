import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { FieldError } from 'react-aria-components/FieldError'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { Text } from 'react-aria-components/Text'
import { TextArea } from 'react-aria-components/TextArea'
import { TextField } from 'react-aria-components/TextField'

interface EntryProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly hint?: string
  readonly error?: string | undefined
  readonly autoComplete?: string
}

/** A line of text. It has no name: nothing but this page's own script can send it. */
export function Entry({ label, value, onChange, hint, error, autoComplete = 'off' }: EntryProps) {
  return (
    <TextField value={value} onChange={onChange} isInvalid={error !== undefined} validationBehavior="aria">
      <Label>{label}</Label>
      <Input autoComplete={autoComplete} autoCapitalize="none" spellCheck={false} />
      <Hint text={hint} />
      <FieldError>{error}</FieldError>
    </TextField>
  )
}

/** A password, which can be looked at. */
export function PasswordEntry({ label, value, onChange, hint, error, autoComplete = 'current-password' }: EntryProps) {
  const [isShown, setShown] = useState(false)
  return (
    <TextField
      value={value}
      onChange={onChange}
      type={isShown ? 'text' : 'password'}
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <Label>{label}</Label>
      <div className="with-button">
        <Input autoComplete={autoComplete} autoCapitalize="none" spellCheck={false} />
        <Button onPress={() => setShown(!isShown)} aria-label={`${isShown ? 'Hide' : 'Show'}: ${label}`} className="quiet">
          {isShown ? 'Hide' : 'Show'}
        </Button>
      </div>
      <Hint text={hint} />
      <FieldError>{error}</FieldError>
    </TextField>
  )
}

/** Several lines. */
export function LongEntry({ label, value, onChange, hint, error }: EntryProps) {
  return (
    <TextField value={value} onChange={onChange} isInvalid={error !== undefined} validationBehavior="aria">
      <Label>{label}</Label>
      <TextArea rows={4} autoComplete="off" spellCheck={false} />
      <Hint text={hint} />
      <FieldError>{error}</FieldError>
    </TextField>
  )
}

function Hint({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : (
    <Text slot="description" className="hint">
      {text}
    </Text>
  )
}
