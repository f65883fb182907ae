import Router from '@koa/router'
import type { Registry } from 'prom-client'
import { exact } from '../middleware/exact.ts'

/** `/live`: the process answers. `/ready`: so does the database, and nobody is shutting down. `/metrics`: numbers for Prometheus. */
export function operationRoutes({ registry, isReady }: { readonly registry: Registry; readonly isReady: () => Promise<boolean> }): Router {
  const router = new Router(exact)
  router.get('/live', (ctx) => {
    ctx.body = { live: true }
  })
  router.get('/ready', async (ctx) => {
    const ready = await isReady()
    ctx.status = ready ? 200 : 503
    ctx.body = { ready }
  })
  router.get('/metrics', async (ctx) => {
    ctx.set('Content-Type', registry.contentType)
    ctx.body = await registry.metrics()
  })
  return router
}
