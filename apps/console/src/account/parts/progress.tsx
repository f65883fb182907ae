import { ProgressBar } from 'react-aria-components/ProgressBar'
import { Label } from 'react-aria-components/Label'

/** How far something long has come. */
export interface Done {
  readonly what: string
  readonly done: number
  readonly total: number
}

/** A live region that is always there, so that a screen reader tells of what begins. */
export function Progress({ of }: { readonly of: Done | null }) {
  return (
    <div role="status">
      {of && (
        <ProgressBar value={of.done} maxValue={Math.max(1, of.total)} className="progress">
          {({ percentage }) => (
            <>
              <Label>
                {of.what}: {of.done.toLocaleString()} of {of.total.toLocaleString()}
              </Label>
              <progress max={100} value={percentage ?? 0} aria-hidden="true" />
            </>
          )}
        </ProgressBar>
      )}
    </div>
  )
}
