import type { Context } from 'koa'

const name = '__Host-latchkey-sign-in'
const secondsMax = 600

/** Binds a sign-in to the browser that began it. SAML's answer comes by a form of the provider's page, to which a browser sends no stricter cookie (WEB-3). */
export function setSignInCookie(ctx: Context, handle: string, comesBackByForm: boolean): void {
  const sameSite = comesBackByForm ? 'None' : 'Lax'
  ctx.append('Set-Cookie', `${name}=${handle}; Path=/; Secure; HttpOnly; SameSite=${sameSite}; Max-Age=${secondsMax}`)
}

export function signInCookie(ctx: Context): string | undefined {
  return ctx.cookies.get(name)
}

export function clearSignInCookie(ctx: Context): void {
  ctx.append('Set-Cookie', `${name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`)
}
