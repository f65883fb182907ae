import type { UnlockedKey } from '@latchkey/client-crypto'
import { useEffect, useState } from 'react'
import { LongEntry } from '../../design/entry.tsx'
import { TaskForm } from '../../design/task-form.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import { useAccount } from '../account-context.ts'
import { noteBytesMax } from './note.tsx'

/** The group's key visibly does something: whoever holds it reads and writes this, and nobody else. */
export function GroupNote({ group, unlocked }: { readonly group: string; readonly unlocked: UnlockedKey }) {
  const { groupKeys } = useAccount()
  const task = useTask()
  const [text, setText] = useState('')
  const [saved, setSaved] = useState<{ readonly text: string; readonly version: number } | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: opened once for each group and epoch.
  useEffect(() => {
    void task.run('Opening the note…', async () => {
      const note = await groupKeys.note(unlocked, group)
      setText(note.text)
      setSaved(note)
    })
  }, [])
  // Not before it is open: what somebody types meanwhile would be lost.
  if (saved === null) return <TaskStatus task={task} />
  const isTooLong = new TextEncoder().encode(text).length > noteBytesMax
  return (
    <>
      <TaskForm
        task={task}
        submit="Seal and save"
        onSubmit={() => {
          if (isTooLong) return
          void task.run('Sealing…', async () => {
            const version = await groupKeys.saveNote(unlocked, group, text, saved.version)
            setSaved({ text, version })
          })
        }}
      >
        <LongEntry
          label="Note to the group"
          hint="Sealed to the group’s key in this browser. Everybody who can decrypt can read and change it."
          value={text}
          onChange={setText}
          {...(isTooLong ? { error: 'This note is too long to be kept. Shorten it.' } : {})}
        />
      </TaskForm>
      <p role="status">{saved.version > 0 && saved.text === text ? 'Saved, and sealed to the group’s key.' : ''}</p>
    </>
  )
}
