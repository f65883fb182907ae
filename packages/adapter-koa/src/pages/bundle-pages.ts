import Router from '@koa/router'
import type { Context } from 'koa'
import { exact } from '../middleware/exact.ts'
import type { PageFile, PageFiles } from './page-files.ts'

/** What a page may do (WEB-1): its own script, style and requests, and nothing else. */
const policyWith = (trustedTypes: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${trustedTypes}`,
  ].join('; ')

/** Workers compute, and may do nothing else. The one that derives is alone in being allowed WebAssembly. */
const workerPolicies = [
  [
    'derivation.worker-',
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'",
  ],
  ['seal-grants.worker-', "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"],
] as const

/** The pages on which a person signs in, makes and opens their key; one Trusted Types policy of theirs is for the workers. */
export function accountPages(files: PageFiles): Router {
  return bundlePages(files, {
    prefix: '/account',
    paths: [
      '/account',
      '/account/sign-in',
      '/account/owner',
      '/account/problem',
      '/account/groups',
      '/account/groups/:id',
      '/account/waiting',
    ],
    trustedTypes: 'latchkey',
  })
}

/** The pages of owners and admins. */
export function consolePages(files: PageFiles): Router {
  return bundlePages(files, {
    prefix: '/console',
    paths: [
      '/console',
      '/console/single-sign-on',
      '/console/single-sign-on/provisioning',
      '/console/members',
      '/console/members/:id',
      '/console/groups',
      '/console/groups/:id',
      '/console/waiting',
      '/console/audit',
      '/console/settings',
    ],
    trustedTypes: "'none'",
  })
}

/** One page that finds its way by the address, and what it loads. */
function bundlePages({ page, assets }: PageFiles, options: { prefix: string; paths: readonly string[]; trustedTypes: string }): Router {
  const router = new Router(exact)
  const policy = policyWith(options.trustedTypes)
  router.get(`${options.prefix}/assets/:name`, (ctx) => {
    const name = ctx.params['name'] ?? ''
    const asset = assets.get(name)
    if (!asset) return
    const ofWorker = workerPolicies.find(([start]) => name.startsWith(start))
    if (ofWorker) ctx.set('Content-Security-Policy', ofWorker[1])
    // The name holds a digest of the content.
    ctx.set('Cache-Control', 'public, max-age=31536000, immutable')
    send(ctx, asset)
  })
  router.get([...options.paths], (ctx) => {
    ctx.set('Content-Security-Policy', policy)
    ctx.set('Cache-Control', 'no-store')
    send(ctx, page)
  })
  return router
}

function send(ctx: Context, { type, bytes, gzipped }: PageFile): void {
  ctx.set('Cross-Origin-Opener-Policy', 'same-origin')
  ctx.set('Cross-Origin-Embedder-Policy', 'require-corp')
  ctx.set('Cross-Origin-Resource-Policy', 'same-origin')
  ctx.set('Referrer-Policy', 'no-referrer')
  ctx.set('X-Content-Type-Options', 'nosniff')
  ctx.set('X-Frame-Options', 'DENY')
  ctx.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=()')
  ctx.vary('Accept-Encoding')
  ctx.type = type
  if (ctx.acceptsEncodings('gzip', 'identity') === 'gzip') {
    ctx.set('Content-Encoding', 'gzip')
    ctx.body = gzipped
  } else {
    ctx.body = bytes
  }
}
