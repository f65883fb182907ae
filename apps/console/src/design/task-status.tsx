import { ProgressBar } from 'react-aria-components/ProgressBar'
import type { Task } from './use-task.ts'

/** Live regions that are always there: what goes on is said politely, what went wrong at once. */
export function TaskStatus({ task: { busy, trouble }, signInAt }: { readonly task: Task; readonly signInAt?: string | undefined }) {
  return (
    <>
      <div role="status">
        {busy !== null && (
          <div className="busy">
            <ProgressBar isIndeterminate aria-label={busy} className="bar">
              <div />
            </ProgressBar>
            <p>{busy}</p>
          </div>
        )}
      </div>
      <div role="alert">
        {trouble && (
          <div className="trouble">
            <p>{trouble.text}</p>
            {trouble.code !== null && (
              <p>
                What it was: <code>{trouble.code}</code>
              </p>
            )}
            {trouble.signInAgain && signInAt !== undefined && (
              <p>
                <a href={signInAt}>Sign in again</a>
              </p>
            )}
          </div>
        )}
      </div>
    </>
  )
}
