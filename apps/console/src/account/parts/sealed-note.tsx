import { useEffect, useState } from 'react'
import { LongEntry } from '../../design/entry.tsx'
import { TaskForm } from '../../design/task-form.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'

/** UTF-8 bytes of a note that fit into 16 KiB once they are sealed and written as base64url. */
const noteBytesMax = 12_000

interface SealedNoteProps {
  readonly label: string
  readonly hint: string
  /** What is said once what stands there is what is kept. */
  readonly saved: string
  /** Null where none was saved yet. */
  readonly onOpen: () => Promise<string | null>
  readonly onSave: (text: string) => Promise<void>
}

/** A note that is opened when it is shown and sealed before it leaves. Whoever shows another one gives it another `key`. */
export function SealedNote({ label, hint, saved, onOpen, onSave }: SealedNoteProps) {
  const task = useTask()
  const [text, setText] = useState('')
  const [kept, setKept] = useState<{ readonly text: string | null } | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: opened once.
  useEffect(() => {
    void task.run('Opening the note…', async () => {
      const opened = await onOpen()
      setText(opened ?? '')
      setKept({ text: opened })
    })
  }, [])
  // Not before it is open: what somebody types meanwhile would be lost.
  if (kept === null) return <TaskStatus task={task} />
  const isTooLong = new TextEncoder().encode(text).length > noteBytesMax
  return (
    <>
      <TaskForm
        task={task}
        submit="Seal and save"
        onSubmit={() => {
          if (isTooLong) return
          void task.run('Sealing…', async () => {
            await onSave(text)
            setKept({ text })
          })
        }}
      >
        <LongEntry
          label={label}
          hint={hint}
          value={text}
          onChange={setText}
          {...(isTooLong ? { error: 'This note is too long to be kept. Shorten it.' } : {})}
        />
      </TaskForm>
      <p role="status">{kept.text === text ? saved : ''}</p>
    </>
  )
}
