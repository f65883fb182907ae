import { type QueryKey, useQuery } from '@tanstack/react-query'
import { type ReactNode, use, useEffect } from 'react'
import { TaskContext } from '../../design/use-task.ts'
import { ApiProblem } from '../../http/json-api.ts'
import { Failure } from './failure.tsx'

interface ReadProps<Answer> {
  readonly of: QueryKey
  readonly by: () => Promise<Answer>
  /** Read again every so often while the page is looked at, in milliseconds. */
  readonly everyMs?: number
  readonly children: (answer: Answer) => ReactNode
}

/** Something that is read from the server: what it is, that it is on its way, or why it is not. */
export function Read<Answer>({ of, by, everyMs, children }: ReadProps<Answer>) {
  const ends = use(TaskContext)
  const { data, error, refetch } = useQuery({ queryKey: of, queryFn: by, ...(everyMs === undefined ? {} : { refetchInterval: everyMs }) })
  const hasEnded = error instanceof ApiProblem && error.status === 401
  useEffect(() => {
    if (hasEnded) ends?.onSignedOut()
  }, [hasEnded, ends])
  if (data !== undefined) return children(data)
  if (error) return <Failure error={error} onRetry={() => void refetch()} />
  return <p role="status">Reading…</p>
}
