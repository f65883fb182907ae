import { useEffect, useRef } from 'react'
import { Button } from 'react-aria-components/Button'
import type { IssuedScimToken } from '../console-api.ts'
import { CopyField } from '../parts/copy-field.tsx'

/** The one time that a token is shown. When it is closed, nothing on this page has it any more. */
export function NewToken({ issued, onClosed }: { readonly issued: IssuedScimToken; readonly onClosed: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className="panel">
      <h3 tabIndex={-1} ref={heading}>
        New SCIM token
      </h3>
      <p>
        Copy both into your identity provider now. The token is shown this once; nobody can look it up later, and you can always make
        another.
      </p>
      <CopyField label="SCIM URL" value={issued.scimUrl} />
      <CopyField label="New SCIM token" value={issued.token} />
      <p className="actions">
        <Button className="primary" onPress={onClosed}>
          I have copied it
        </Button>
      </p>
    </div>
  )
}
