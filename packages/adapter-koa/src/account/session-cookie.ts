import type { Context } from 'koa'

/** The prefix makes the browser insist on Secure, on this very host and on the whole of it (WEB-3). */
const name = '__Host-latchkey-session'

export function sessionCookie(ctx: Context): string | undefined {
  return ctx.cookies.get(name)
}

/** Ends with the browser; how long the session lasts, the database says. */
export function setSessionCookie(ctx: Context, token: string): void {
  ctx.append('Set-Cookie', `${name}=${token}; Path=/; Secure; HttpOnly; SameSite=Lax`)
}

export function clearSessionCookie(ctx: Context): void {
  ctx.append('Set-Cookie', `${name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`)
}
