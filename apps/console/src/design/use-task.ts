import { createContext, use, useRef, useState } from 'react'
import { ApiProblem } from '../http/json-api.ts'

/** What happened, and what to do. */
export interface Explanation {
  readonly text: string
  /** A word for the administrator; null where the person alone can help. */
  readonly code: string | null
  /** Signing in again would help. */
  readonly signInAgain: boolean
}

/** What everything that a page waits for may come to. */
export interface TaskEnds {
  /** The session has ended: whatever was open is dropped. */
  readonly onSignedOut: () => void
  explain(error: unknown): Explanation
}

export const TaskContext = createContext<TaskEnds | null>(null)

/** One thing at a time that a page waits for. */
export interface Task {
  /** What is going on, in words; null when nothing is. */
  readonly busy: string | null
  readonly trouble: Explanation | null
  run(what: string, work: () => Promise<void>): Promise<void>
}

/** Runs what a person asked for, once however often it is pressed: what was typed stays, and what went wrong is said. */
export function useTask(): Task {
  const ends = use(TaskContext)
  if (!ends) throw new Error('This page must stand within a TaskContext.')
  const [busy, setBusy] = useState<string | null>(null)
  const [trouble, setTrouble] = useState<Explanation | null>(null)
  const isRunning = useRef(false)
  return {
    busy,
    trouble,
    async run(what, work) {
      if (isRunning.current) return
      isRunning.current = true
      setBusy(what)
      setTrouble(null)
      try {
        await work()
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 401) ends.onSignedOut()
        else setTrouble(ends.explain(error))
      } finally {
        isRunning.current = false
        setBusy(null)
      }
    },
  }
}
