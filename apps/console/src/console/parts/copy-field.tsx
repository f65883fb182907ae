import { useState } from 'react'
import { Button } from 'react-aria-components/Button'

/** A value to take elsewhere. */
export function CopyField({ label, value }: { readonly label: string; readonly value: string }) {
  const [said, setSaid] = useState('')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
      setSaid('Copied.')
    } catch {
      setSaid('The browser did not let this page copy. Select the text and copy it.')
    }
  }
  return (
    <div className="copy">
      <span className="copy-label">{label}</span>
      <code className="copy-value">{value}</code>
      <Button aria-label={`Copy: ${label}`} onPress={() => void copy()}>
        Copy
      </Button>
      <span role="status" className="hint">
        {said}
      </span>
    </div>
  )
}
