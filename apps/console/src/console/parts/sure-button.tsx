import { type ReactNode, useState } from 'react'
import { Button } from 'react-aria-components/Button'

interface SureButtonProps {
  /** What the button says, for example `Revoke…`. */
  readonly label: string
  /** What it is about, for those who do not see the row: `Revoke…: Okta`. */
  readonly about?: string
  readonly question: ReactNode
  /** What the button says that does it: `Yes, revoke it`. */
  readonly yes: string
  readonly onSure: () => void
}

/** Something that is asked about once more before it is done. */
export function SureButton({ label, about, question, yes, onSure }: SureButtonProps) {
  const [isAsking, setAsking] = useState(false)
  if (!isAsking) {
    return (
      <Button {...(about === undefined ? {} : { 'aria-label': `${label}: ${about}` })} onPress={() => setAsking(true)}>
        {label}
      </Button>
    )
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a part of a form, and this is none.
    <div role="group" aria-label={about ?? label} className="sure">
      <p>{question}</p>
      <p className="actions">
        <Button
          className="danger"
          autoFocus
          onPress={() => {
            setAsking(false)
            onSure()
          }}
        >
          {yes}
        </Button>
        <Button onPress={() => setAsking(false)}>No, leave it</Button>
      </p>
    </div>
  )
}
