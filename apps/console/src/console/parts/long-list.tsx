import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Button } from 'react-aria-components/Button'
import { Failure } from './failure.tsx'

interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
  /** How many there are in all, where that is known. */
  readonly total?: number
}

interface LongListProps<Item> {
  readonly of: QueryKey
  readonly by: (cursor: string | null) => Promise<Page<Item>>
  /** What one of them is called, and several: `['member', 'members']`. */
  readonly named: readonly [string, string]
  /** What to do where there is none. */
  readonly empty: ReactNode
  /** Read again every so often while the page is looked at, in milliseconds. */
  readonly everyMs?: number
  readonly children: (items: readonly Item[]) => ReactNode
}

/** A list that is read page by page, however long it is; the count is said as it changes. */
export function LongList<Item>({ of, by, named, empty, everyMs, children }: LongListProps<Item>) {
  const list = useInfiniteQuery({
    queryKey: of,
    queryFn: ({ pageParam }) => by(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  })
  if (list.isError && !list.data) return <Failure error={list.error} onRetry={() => void list.refetch()} />
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const total = list.data?.pages[0]?.total
  const count = total ?? items.length
  return (
    <>
      <p role="status" className="hint">
        {list.isPending
          ? 'Reading…'
          : `${count.toLocaleString()} ${count === 1 ? named[0] : named[1]}${isPart(items, total) ? `, ${items.length.toLocaleString()} shown` : ''}`}
      </p>
      {list.data && (items.length === 0 ? empty : children(items))}
      {list.isError && list.data && <Failure error={list.error} onRetry={() => void list.fetchNextPage()} />}
      {list.hasNextPage && !list.isError && (
        <p className="actions">
          <Button onPress={() => void list.fetchNextPage()}>{list.isFetchingNextPage ? 'Reading…' : 'Show more'}</Button>
        </p>
      )}
    </>
  )
}

function isPart(items: readonly unknown[], total: number | undefined): boolean {
  return total !== undefined && items.length < total
}
