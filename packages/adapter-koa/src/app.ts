import type { Addresses, Mailbox } from '@latchkey/application'
import Koa from 'koa'
import type { Registry } from 'prom-client'
import { type AccountUseCases, accountRoutes } from './account/account-routes.ts'
import type { ActivityBuffer } from './activity/activity-buffer.ts'
import { type AdministrationUseCases, administrationRoutes } from './administration/administration-routes.ts'
import { devMailboxRoutes } from './console/dev-mailbox-routes.ts'
import type { Log } from './log.ts'
import { observe } from './middleware/observe.ts'
import { renderErrors } from './middleware/render-errors.ts'
import { requestMetrics } from './operations/metrics.ts'
import { operationRoutes } from './operations/operation-routes.ts'
import { accountPages, consolePages } from './pages/bundle-pages.ts'
import type { PageFiles } from './pages/page-files.ts'
import { type ProvisioningUseCases, scimRoutes } from './provisioning/scim-routes.ts'
import { type SsoUseCases, ssoRoutes } from './sso/sso-routes.ts'

export interface AppOptions {
  readonly provisioning: ProvisioningUseCases
  readonly account: AccountUseCases
  readonly sso: SsoUseCases
  /** Without a slash at its end. */
  readonly publicUrl: string
  /** The account pages; null where they were not built. */
  readonly pages: Readonly<Record<'account' | 'console', PageFiles | null>>
  readonly administration: AdministrationUseCases
  /** Mails that were written to a folder, where the server is reached from its own machine only; else null. */
  readonly devMailbox: Mailbox | null
  /** Where requests are counted and failures noted. */
  readonly activity: ActivityBuffer
  readonly addresses: Addresses
  readonly requestsPerSecond: number
  /** Proxies in front of us whose word on the client's address counts. */
  readonly trustedProxies: number
  readonly log: Log
  readonly registry: Registry
  readonly isReady: () => Promise<boolean>
  /** Whether an error is an outage that passes. */
  readonly isUnavailable: (error: unknown) => boolean
}

/** The server's HTTP side, in the order in which a request meets it. */
export function createApp(options: AppOptions): Koa {
  const { log, registry, isReady, isUnavailable, trustedProxies } = options
  const { locations } = options.addresses
  const app = new Koa({ proxy: trustedProxies > 0, maxIpsCount: trustedProxies })
  app.on('error', (error: Error) => log.error({ error: { name: error.name } }, 'an answer could not be sent'))
  app.use(observe({ log, metrics: requestMetrics(registry) }))
  app.use(renderErrors({ log, isUnavailable }))
  const { authenticateSession } = options.account
  // First: here is the traffic, and it is compared with no other address.
  app.use(scimRoutes(options.provisioning, { ...options, authenticateSession, locations }))
  app.use(operationRoutes({ registry, isReady }).routes())
  app.use(ssoRoutes(options.sso, options).routes())
  if (options.pages.account) app.use(accountPages(options.pages.account).routes())
  if (options.devMailbox) app.use(devMailboxRoutes(options.devMailbox, new URL(locations.base).origin).routes())
  if (options.pages.console) app.use(consolePages(options.pages.console).routes())
  for (const router of accountRoutes(options.account, options)) app.use(router.routes())
  // Last: SCIM and the account API have addresses below the admin API's.
  for (const router of administrationRoutes(options.administration, options)) app.use(router.routes())
  return app
}
