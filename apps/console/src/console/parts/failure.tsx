import { Button } from 'react-aria-components/Button'

/** That something could not be read, why, and another try. */
export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  return (
    <div role="alert" className="trouble">
      <p>{error instanceof Error ? error.message : 'This could not be read.'}</p>
      <p className="actions">
        <Button onPress={onRetry}>Try again</Button>
      </p>
    </div>
  )
}
