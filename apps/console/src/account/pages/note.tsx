import type { UnlockedKey } from '@latchkey/client-crypto'
import { useEffect, useState } from 'react'
import { useAccount } from '../account-context.ts'
import { LongEntry } from '../../design/entry.tsx'
import { TaskForm } from '../../design/task-form.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'

/** UTF-8 bytes of a note that fit into 16 KiB once they are sealed and written as base64url. */
export const noteBytesMax = 12_000

/** The key visibly does something: what is written here is sealed before it leaves, and only this key opens it. */
export function Note({ unlocked }: { readonly unlocked: UnlockedKey }) {
  const { keys } = useAccount()
  const task = useTask()
  const [text, setText] = useState('')
  const [saved, setSaved] = useState<string | null>(null)
  const [isOpen, setOpen] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the note is read once for each key that is opened.
  useEffect(() => {
    void task.run('Opening your note…', async () => {
      const note = await keys.note(unlocked)
      setText(note ?? '')
      setSaved(note)
      setOpen(true)
    })
  }, [unlocked])
  // Not before it is open: what somebody types meanwhile would be lost.
  if (!isOpen) return <TaskStatus task={task} />
  const isTooLong = new TextEncoder().encode(text).length > noteBytesMax
  return (
    <>
      <TaskForm
        task={task}
        submit="Seal and save"
        onSubmit={() => {
          if (isTooLong) return
          void task.run('Sealing…', async () => {
            await keys.saveNote(unlocked, text)
            setSaved(text)
          })
        }}
      >
        <LongEntry
          label="Note"
          hint="Sealed in this browser; the server keeps what it cannot read."
          value={text}
          onChange={setText}
          {...(isTooLong ? { error: 'This note is too long to be kept. Shorten it.' } : {})}
        />
      </TaskForm>
      <p role="status">{saved !== null && saved === text ? 'Saved, and sealed to your key.' : ''}</p>
    </>
  )
}
