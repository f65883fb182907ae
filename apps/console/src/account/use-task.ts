import { useRef, useState } from 'react'
import { ApiProblem } from './account-api.ts'
import { useAccount } from './account-context.ts'
import { type Explanation, explainError } from './explain-error.ts'

/** One thing at a time that a page waits for. */
export interface Task {
  /** What is going on, in words; null when nothing is. */
  readonly busy: string | null
  readonly trouble: Explanation | null
  run(what: string, work: () => Promise<void>): Promise<void>
}

/** Runs what a person asked for, once however often it is pressed: what was typed stays, and what went wrong is said. */
export function useTask(): Task {
  const { onSignedOut } = useAccount()
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
        if (error instanceof ApiProblem && error.status === 401) onSignedOut()
        else setTrouble(explainError(error))
      } finally {
        isRunning.current = false
        setBusy(null)
      }
    },
  }
}
