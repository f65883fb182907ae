import { type RequestListener, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { folderMailbox } from '@latchkey/adapter-email'
import { ActivityBuffer, type PageFiles, createApp, isLoopback, readPageFiles, refuseUnreadable } from '@latchkey/adapter-koa'
import { type Database as DatabaseValue, type JobHandlers, assertDurable, isUnavailable, ping, startJobs } from '@latchkey/adapter-knex'
import {
  AuthenticateAdministrator,
  AuthenticateScimToken,
  AuthenticateSession,
  ChangeGroup,
  ChangeSettings,
  ChangeUser,
  CompleteKeyResets,
  CreateGroup,
  CreateOrganization,
  CreateUser,
  DeleteGroup,
  DeleteUser,
  DeliverMail,
  DescribeOrganization,
  DestroyWithheldGrants,
  EnableScim,
  EraseDeleted,
  ExpireActivity,
  ExpireAudit,
  ForgetWhatExpired,
  GetAccount,
  GetGroup,
  GetUser,
  GrantGroupKey,
  GroupKeyRecords,
  GroupNotes,
  KeyChallenges,
  KeyReset,
  Licensing,
  ListDirectory,
  MailSignInLinks,
  MakeGroupKey,
  Members,
  NoteActivity,
  Notes,
  OpenOwnerLink,
  OwnerSignIn,
  ReadGroupKeys,
  ReadKeyLog,
  ReadRecords,
  RegisterEncryptionKey,
  ReplaceProtectedKeys,
  RequestGroupKey,
  RestoreGroup,
  RestoreUser,
  RoleMappings,
  ScimTokens,
  SealAudit,
  Sessions,
  SessionTokens,
  ShowOverview,
  SignIn,
  SsoConnections,
  TellHolders,
  Unlock,
  VerifyAudit,
  WarnOfTokenExpiry,
  WatchForMassChange,
} from '@latchkey/application'
import type { Mailbox } from '@latchkey/application'
import type { Container } from 'inversify'
import type { Logger } from 'pino'
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import { type Opened, open, openLog } from './composition/open.ts'
import { Addresses, Database, OrganizationRegister, SsoRegister } from './composition/tokens.ts'
import type { Settings } from './settings.ts'

/** How long a request that has begun may take after we were told to stop (REL-4). */
const shutdownMs = 25_000

/** Where the console's build puts the account pages. */
const pagesFolder = new URL('../../console/dist/', import.meta.url)

/** Runs the server until it is told to stop. */
export async function serve(settings: Settings): Promise<void> {
  const log = openLog(settings)
  let handle: RequestListener = (_request, response) => {
    response.writeHead(503, { 'Retry-After': '1' }).end()
  }
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 }, (request, response) =>
    handle(request, response),
  )
  server.on('clientError', refuseUnreadable)
  // The port first: with it every address is known, and a second server learns at once that it comes too late.
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(settings.port, settings.host, resolve)
  })
  const { port } = server.address() as AddressInfo

  const closing: (() => Promise<void>)[] = [() => close(server)]
  try {
    const opened = await open(settings, log, 'serve', port)
    closing.unshift(opened.close)
    const { container, configuration } = opened
    await assertDurable(container.get(Database))
    const registry = new Registry()
    collectDefaultMetrics({ register: registry })
    const firstOwnerLink = await makeFirstOrganization(container)
    const jobs = await startJobs({
      url: configuration.databaseUrl,
      handlers: observedHandlers(registry, container, log),
      onError: ({ name, message }) => log.error({ error: { name, message } }, 'a job failed'),
    })
    closing.unshift(jobs.stop)

    const stopping = new AbortController()
    const activity = new ActivityBuffer({ note: container.get(NoteActivity), log })
    closing.unshift(() => activity.close())
    const pages = {
      account: await readPageFiles(new URL('account/', pagesFolder)),
      console: await readPageFiles(new URL('console/', pagesFolder)),
    }
    if (!pages.account || !pages.console) log.warn({}, 'the pages were not built: pnpm run build')
    const answer = appFor(opened, settings, { log, registry, activity, pages, stopping: stopping.signal }).callback()
    handle = (request, response) => void answer(request, response)
    process.stdout.write(welcome(settings, opened, firstOwnerLink))

    await new Promise<void>((resolve) => {
      process.once('SIGTERM', resolve)
      process.once('SIGINT', resolve)
    })
    stopping.abort()
    log.info({}, 'stopping')
    await close(server)
  } finally {
    for (const end of closing) await end()
  }
}

/** Stops accepting, lets requests finish, and after their time is over ends them. */
async function close(server: Server): Promise<void> {
  if (!server.listening) return
  const deadline = setTimeout(() => server.closeAllConnections(), shutdownMs)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
  clearTimeout(deadline)
}

function appFor(
  { container, configuration }: Opened,
  settings: Settings,
  {
    log,
    registry,
    activity,
    pages,
    stopping,
  }: {
    log: Logger
    registry: Registry
    activity: ActivityBuffer
    pages: Record<'account' | 'console', PageFiles | null>
    stopping: AbortSignal
  },
) {
  const database = container.get(Database)
  poolMetrics(registry, database)
  return createApp({
    provisioning: {
      authenticateScimToken: container.get(AuthenticateScimToken),
      listDirectory: container.get(ListDirectory),
      createUser: container.get(CreateUser),
      getUser: container.get(GetUser),
      changeUser: container.get(ChangeUser),
      deleteUser: container.get(DeleteUser),
      createGroup: container.get(CreateGroup),
      getGroup: container.get(GetGroup),
      changeGroup: container.get(ChangeGroup),
      deleteGroup: container.get(DeleteGroup),
    },
    account: {
      authenticateSession: container.get(AuthenticateSession),
      sessionTokens: container.get(SessionTokens),
      describeOrganization: container.get(DescribeOrganization),
      mailSignInLinks: container.get(MailSignInLinks),
      getAccount: container.get(GetAccount),
      sessions: container.get(Sessions),
      keyChallenges: container.get(KeyChallenges),
      registerEncryptionKey: container.get(RegisterEncryptionKey),
      unlock: container.get(Unlock),
      replaceProtectedKeys: container.get(ReplaceProtectedKeys),
      keyReset: container.get(KeyReset),
      notes: container.get(Notes),
      readKeyLog: container.get(ReadKeyLog),
      openOwnerLink: container.get(OpenOwnerLink),
      ownerSignIn: container.get(OwnerSignIn),
      readGroupKeys: container.get(ReadGroupKeys),
      makeGroupKey: container.get(MakeGroupKey),
      grantGroupKey: container.get(GrantGroupKey),
      requestGroupKey: container.get(RequestGroupKey),
      groupNotes: container.get(GroupNotes),
    },
    pages,
    administration: {
      authenticateAdministrator: container.get(AuthenticateAdministrator),
      authenticateSession: container.get(AuthenticateSession),
      sessionTokens: container.get(SessionTokens),
      enableScim: container.get(EnableScim),
      changeSettings: container.get(ChangeSettings),
      licensing: container.get(Licensing),
      showOverview: container.get(ShowOverview),
      scimTokens: container.get(ScimTokens),
      members: container.get(Members),
      restoreUser: container.get(RestoreUser),
      restoreGroup: container.get(RestoreGroup),
      groupKeyRecords: container.get(GroupKeyRecords),
      keyReset: container.get(KeyReset),
      ssoConnections: container.get(SsoConnections),
      readRecords: container.get(ReadRecords),
      roleMappings: container.get(RoleMappings),
      verifyAudit: container.get(VerifyAudit),
    },
    devMailbox: devMailboxOf(settings, configuration),
    activity,
    sso: {
      signIn: container.get(SignIn),
      ssoConnections: container.get(SsoConnections),
      ssoRegister: container.get(SsoRegister),
      authenticateSession: container.get(AuthenticateSession),
    },
    publicUrl: configuration.publicUrl,
    addresses: container.get(Addresses),
    requestsPerSecond: settings.requestsPerSecond,
    trustedProxies: settings.trustedProxies,
    log,
    registry,
    isReady: async () => {
      if (stopping.aborted) return false
      return ping(database).then(
        () => true,
        () => false,
      )
    },
    isUnavailable,
  })
}

/** Only where both the address that is listened on and the public one are this machine's: mails are nobody else's to read. */
function devMailboxOf({ host }: Settings, { mail, publicUrl }: Opened['configuration']): Mailbox | null {
  return 'folder' in mail && isLoopback(host) && isLoopback(new URL(publicUrl).hostname) ? folderMailbox(mail.folder) : null
}

/** A first start is somebody who wants to see something: there is an organisation to begin with. */
async function makeFirstOrganization(container: Container): Promise<string | null> {
  if ((await container.get(OrganizationRegister).list()).length > 0) return null
  const result = await container.get(CreateOrganization).execute({ slug: 'default', name: 'Default organisation' })
  return result.ok ? result.value.ownerLink : null
}

/** What jobs do, and how often which outcome it had. */
function observedHandlers(registry: Registry, container: Container, log: Logger): JobHandlers {
  const jobs = new Counter({
    name: 'latchkey_jobs_total',
    help: 'Jobs run, by task and outcome.',
    labelNames: ['task', 'outcome'],
    registers: [registry],
  })
  const observed = async <Outcome>(task: string, job: () => Promise<Outcome>, nameOf: (outcome: Outcome) => string): Promise<Outcome> => {
    try {
      const outcome = await job()
      jobs.inc({ task, outcome: nameOf(outcome) })
      return outcome
    } catch (error) {
      jobs.inc({ task, outcome: 'failed' })
      throw error
    }
  }
  const done = () => 'done'
  return {
    sealAudit: () =>
      observed(
        'seal-audit',
        async () => {
          // Noted where whoever can write to the database cannot: a chain that was forged whole ends otherwise (AUD-1).
          for (const { organization, sequence, hash } of await container.get(SealAudit).execute()) {
            log.info({ organization: organization.id, sequence, hash }, 'audit head')
          }
        },
        done,
      ),
    tellHolders: () => observed('tell-holders', () => container.get(TellHolders).execute(), done),
    watchForMassChange: () => observed('watch-for-mass-change', () => container.get(WatchForMassChange).execute(), done),
    expireRecords: () =>
      observed(
        'expire-records',
        async () => {
          await container.get(EraseDeleted).execute()
          await container.get(DestroyWithheldGrants).execute()
          await container.get(ExpireAudit).execute()
          await container.get(ExpireActivity).execute()
        },
        done,
      ),
    deliverMail: (organization, mail) =>
      observed(
        'deliver-mail',
        () => container.get(DeliverMail).execute(organization, mail),
        ({ kind }) => kind,
      ),
    completeKeyResets: () => observed('complete-key-resets', () => container.get(CompleteKeyResets).execute(), done),
    forgetWhatExpired: () => observed('forget-what-expired', () => container.get(ForgetWhatExpired).execute(), done),
    warnOfTokenExpiry: () => observed('warn-of-token-expiry', () => container.get(WarnOfTokenExpiry).execute(), done),
  }
}

function poolMetrics(registry: Registry, { pool }: DatabaseValue): void {
  new Gauge({
    name: 'latchkey_database_connections',
    help: 'Connections of the request pool, by what they do.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const [state, count] of Object.entries(pool.counts)) this.set({ state }, count)
    },
  })
}

function welcome(settings: Settings, { configuration, container }: Opened, firstOwnerLink: string | null): string {
  const { base } = container.get(Addresses).locations
  const mails = 'folder' in configuration.mail ? configuration.mail.folder : 'your SMTP server'
  const run = 'npx -y pnpm@12 --silent latchkey'
  return `
Latchkey listens on ${configuration.publicUrl} (database: ${settings.databaseUrl === undefined ? `embedded, in ${settings.dataFolder}` : 'yours'})

  SCIM URL       ${base}
  Mails go to    ${mails}
${firstOwnerLink === null ? '' : `  Owner's link   ${firstOwnerLink}  (organisation "default", once, within 7 days)\n`}
Next, in another terminal:
  ${run} organization create --slug acme --name "Acme"
  ${run} scim enable --org acme
  ${run} scim-token create --org acme --description Okta --ttl-days 365

`
}
