import Router from '@koa/router'
import type { KeptMail, Mailbox } from '@latchkey/application'
import type { Context, Next } from 'koa'
import { exact } from '../middleware/exact.ts'

const prefix = '/console/dev-mailbox'

/**
 * The mails that were written to a folder, as plain pages: for whoever tries the product on their own machine. Whoever mounts it has seen that the server
 * is reached from this machine only.
 */
export function devMailboxRoutes(mailbox: Mailbox, origin: string): Router {
  const router = new Router({ prefix, ...exact })
  router.use(plainPage)
  router.get('/', async (ctx) => {
    const rows = (await mailbox.list()).map(row)
    ctx.body = pageOf('Mails', rows.length === 0 ? '<p>No mail has been written yet.</p>' : `<ul>\n${rows.join('\n')}\n</ul>`)
  })
  router.get('/:name', async (ctx) => {
    const mail = await mailbox.read(ctx.params['name'] ?? '')
    if (!mail) {
      ctx.status = 404
      ctx.body = pageOf('No such mail', `<p><a href="${prefix}">All mails</a></p>`)
      return
    }
    const about = `<p>To ${escapeHtml(mail.to)}, ${new Date(mail.at).toISOString()}</p>`
    ctx.body = pageOf(mail.subject, `${about}\n<pre>${linked(mail.text, origin)}</pre>\n<p><a href="${prefix}">All mails</a></p>`)
  })
  return router
}

/**
 * Nothing is loaded, sent or framed. The name by which the page is asked for must be this machine's: a page elsewhere whose name was pointed here would
 * otherwise read it (DNS rebinding).
 */
async function plainPage(ctx: Context, next: Next): Promise<void> {
  if (!isLoopback(ctx.hostname)) return
  ctx.set('Content-Security-Policy', "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
  ctx.set('Cross-Origin-Opener-Policy', 'same-origin')
  ctx.set('Cross-Origin-Resource-Policy', 'same-origin')
  ctx.set('Referrer-Policy', 'no-referrer')
  ctx.set('X-Content-Type-Options', 'nosniff')
  ctx.set('Cache-Control', 'no-store')
  ctx.type = 'text/html; charset=utf-8'
  await next()
}

/** Whether a host is this machine itself. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)
}

function row({ name, at, to, subject }: KeptMail): string {
  const time = new Date(at).toISOString()
  return `<li>${time} <a href="${prefix}/${escapeHtml(name)}">${escapeHtml(subject)}</a> to ${escapeHtml(to)}</li>`
}

function pageOf(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title></head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`
}

/** Only addresses of our own become links: whoever provisions chooses names that stand in mails, and must get no link out of it. */
function linked(text: string, origin: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((part, index) => {
      const shown = escapeHtml(part)
      return index % 2 === 1 && part.startsWith(`${origin}/`) ? `<a href="${shown}">${shown}</a>` : shown
    })
    .join('')
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}
