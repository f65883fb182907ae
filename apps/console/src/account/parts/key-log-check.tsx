import type { UnlockedKey } from '@latchkey/client-crypto'
import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import type { AccountSession } from '../account-api.ts'
import { useAccount } from '../account-context.ts'
import { useTask } from '../../design/use-task.ts'
import { TaskStatus } from '../../design/task-status.tsx'

/** Reads the organisation's whole key log and checks it: asked for by the person, since it grows with the organisation. */
export function KeyLogCheck({ session, unlocked }: { readonly session: AccountSession; readonly unlocked: UnlockedKey }) {
  const { keys } = useAccount()
  const task = useTask()
  const [length, setLength] = useState<number | null>(null)
  const check = () => {
    setLength(null)
    return task.run('Checking the key log…', async () => setLength(await keys.checkKeyLog(session, unlocked)))
  }
  return (
    <>
      <p className="actions">
        <Button onPress={() => void check()}>Check the key log</Button>
      </p>
      <TaskStatus task={task} />
      <p role="status">
        {length !== null &&
          `Your key is the newest one of yours in the key log of ${session.organization.name}. Its ${length === 1 ? 'one entry holds' : `${length} entries hold`} together.`}
      </p>
    </>
  )
}
