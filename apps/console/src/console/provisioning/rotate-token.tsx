import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { TaskForm } from '../../design/task-form.tsx'
import { useTask } from '../../design/use-task.ts'
import type { IssuedScimToken, ScimToken } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { Choice } from '../parts/choice.tsx'

const overlaps = [
  ['0', 'ends at once'],
  ['24', 'works for 1 more day'],
  ['72', 'works for 3 more days'],
  ['168', 'works for 7 more days'],
] as const

/** A successor, and for how long the old token works beside it. */
export function RotateToken({
  token,
  onRotated,
}: {
  readonly token: ScimToken
  readonly onRotated: (issued: IssuedScimToken) => Promise<void>
}) {
  const { api } = useConsole()
  const task = useTask()
  const [isAsking, setAsking] = useState(false)
  const [overlap, setOverlap] = useState('72')
  if (!isAsking) {
    return (
      <Button aria-label={`Rotate…: ${token.description}`} onPress={() => setAsking(true)}>
        Rotate…
      </Button>
    )
  }
  const rotate = () =>
    void task.run('Making the successor…', async () => {
      const issued = await api.rotateToken(token.id, Number(overlap))
      setAsking(false)
      await onRotated(issued)
    })
  return (
    <div className="sure">
      <TaskForm task={task} submit="Make the successor" onSubmit={rotate}>
        <Choice
          label="The old token"
          value={overlap}
          onChange={setOverlap}
          options={overlaps}
          hint="Long enough for you to give the new one to your provider."
        />
      </TaskForm>
      <Button className="quiet" onPress={() => setAsking(false)}>
        Cancel
      </Button>
    </div>
  )
}
