import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from 'react-aria-components/Button'
import { Form } from 'react-aria-components/Form'
import type { Task } from './use-task.ts'
import { TaskStatus } from './task-status.tsx'

/** The texts of what is wrong, by field; none when nothing is. */
export type FieldErrors = Readonly<Record<string, string>>

/** A form that has no address to be sent to: without its script it does nothing (WEB-2). The first field that is wrong takes the focus. */
export function TaskForm({
  task,
  errors,
  submit,
  signInAt,
  onSubmit,
  children,
}: {
  readonly task: Task
  readonly errors?: FieldErrors
  /** What the button says. */
  readonly submit: string
  readonly signInAt?: string
  readonly onSubmit: () => void
  readonly children: ReactNode
}) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (errors && Object.keys(errors).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [errors])
  return (
    <Form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
      <TaskStatus task={task} signInAt={signInAt} />
      <p className="actions">
        <Button type="submit" className="primary">
          {submit}
        </Button>
      </p>
    </Form>
  )
}
