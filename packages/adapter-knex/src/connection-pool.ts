import { Pool, type PoolClient } from 'pg'
import { endsSession } from './ended-session.ts'
import { Shares } from './shares.ts'

export interface ConnectionPoolOptions {
  /** A libpq URL. */
  readonly url: string
  readonly connectionsMax: number
  readonly statementTimeoutMs: number
  /** How long somebody waits for a connection. */
  readonly waitMs: number
  /** Told of connections that break while idle. */
  readonly onError: (error: Error) => void
}

/** A connection that is one's own until it is given back. */
export interface Lease {
  readonly client: PoolClient
  /** Keeps it for more of the same share, until another deadline. */
  readonly keepUntil: (deadline: number) => void
  /** Gives it back. One that is left within a transaction is closed, which rolls back. */
  readonly end: () => void
}

/** Connections in fair shares (LIM-1), each lent for a limited time. */
export class ConnectionPool {
  readonly #pool: Pool
  readonly #shares: Shares
  readonly #waitMs: number
  readonly #ended = new WeakSet<PoolClient>()

  constructor({ url, connectionsMax, statementTimeoutMs, waitMs, onError }: ConnectionPoolOptions) {
    this.#pool = new Pool({
      connectionString: url,
      max: connectionsMax,
      application_name: 'latchkey',
      statement_timeout: statementTimeoutMs,
      connectionTimeoutMillis: waitMs,
      // Every statement is a form whose values change and whose best plan does not: to plan a list for each pair of limit and offset cost more than to read it.
      options: '-c TimeZone=UTC -c DateStyle=ISO -c lock_timeout=15s -c plan_cache_mode=force_generic_plan',
    })
    // Connections break while nobody uses them, which would otherwise end the process; one that is in use tells whoever uses it.
    this.#pool.on('error', onError)
    this.#pool.on('connect', (client) => {
      client.on('error', () => {})
      // The socket tells of it later, when somebody else may have the connection.
      client.connection.on('errorMessage', (error: Error) => {
        if (endsSession(error)) this.#ended.add(client)
      })
    })
    this.#shares = new Shares(connectionsMax)
    this.#waitMs = waitMs
  }

  /** How many connections do what at this moment. */
  get counts(): { readonly used: number; readonly free: number; readonly awaited: number } {
    const { totalCount, idleCount } = this.#pool
    return { used: totalCount - idleCount, free: idleCount, awaited: this.#shares.waiting }
  }

  /** Whether somebody waits for a connection. */
  get isAwaited(): boolean {
    return this.#shares.waiting > 0
  }

  /**
   * A connection for whoever's share it is, until a moment of `performance.now()`: then it is closed under whatever still uses it, so that nothing more is
   * committed. That holds where the database does not answer at all. `isShort` is what one round trip ends. Throws `NoRoom` if none became free in time.
   */
  async lease(share: string, deadline: number, kind: { readonly isShort?: boolean } = {}): Promise<Lease> {
    await this.#shares.enter(share, Math.max(0, Math.min(this.#waitMs, deadline - performance.now())), kind)
    let client: PoolClient
    try {
      client = await this.#pool.connect()
    } catch (error) {
      this.#shares.leave(share)
      throw error
    }
    let isOver = false
    const end = (close: boolean) => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      client.release(close || this.#ended.has(client))
      this.#shares.leave(share)
    }
    const endAt = (moment: number) => setTimeout(() => end(true), Math.max(0, moment - performance.now()))
    let timer = endAt(deadline)
    const keepUntil = (moment: number) => {
      if (isOver) return
      clearTimeout(timer)
      timer = endAt(moment)
    }
    return {
      client,
      keepUntil,
      end: () => end(client.getTransactionStatus() !== 'I'),
    }
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }
}
