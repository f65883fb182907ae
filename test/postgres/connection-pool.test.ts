import { expect, test, vi } from 'vitest'
import { testDatabase } from '../database.ts'

test('a connection that is kept for more is closed at its last deadline, and not before', async () => {
  const open = await testDatabase()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const lease = await open.database.pool.lease('somebody', performance.now() + 1_000)
    lease.keepUntil(performance.now() + 5_000)
    vi.advanceTimersByTime(4_000)
    expect((await lease.client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    vi.advanceTimersByTime(2_000)
    await expect(lease.client.query('select 1 as one')).rejects.toThrow()
    lease.end()
  } finally {
    vi.useRealTimers()
    await open.close()
  }
})
