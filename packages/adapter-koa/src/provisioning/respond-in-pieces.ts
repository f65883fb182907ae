import type { Context } from 'koa'
import type { ServerResponse } from 'node:http'

/** How long a client may take nothing of what it asked for. */
const stalledMs = 20_000

/** The client went away, or takes nothing any more. */
class ClientGone extends Error {}

/**
 * A SCIM message that is sent while it is being made, no faster than the client takes it. What fails before the first piece is rendered as any other failure.
 * Later the connection is closed instead, so that no client takes the beginning of a message for the whole.
 */
export async function respondInPieces(
  ctx: Context,
  headers: Readonly<Record<string, string>>,
  pieces: AsyncIterable<string>,
): Promise<void> {
  const { res } = ctx
  try {
    for await (const piece of pieces) {
      if (!res.headersSent) begin(ctx, headers)
      await write(res, piece)
      // Nobody asked for more than the headers.
      if (ctx.method === 'HEAD') break
    }
    res.end()
  } catch (error) {
    if (!(error instanceof ClientGone) && !res.headersSent) throw error
    // Nothing more is to be said, by nobody.
    begin(ctx, headers)
    res.destroy()
    if (!(error instanceof ClientGone)) throw error
  }
}

function begin(ctx: Context, headers: Readonly<Record<string, string>>): void {
  ctx.respond = false
  ctx.status = 200
  ctx.set({ ...headers, 'Content-Type': 'application/scim+json' })
}

async function write(res: ServerResponse, piece: string): Promise<void> {
  if (res.destroyed) throw new ClientGone()
  if (res.write(piece)) return
  await new Promise<void>((resolve, reject) => {
    const settle = (end: () => void) => () => {
      clearTimeout(timer)
      res.off('drain', taken).off('close', gone)
      end()
    }
    const taken = settle(resolve)
    const gone = settle(() => reject(new ClientGone()))
    const timer = setTimeout(gone, stalledMs)
    res.on('drain', taken).on('close', gone)
  })
}
