import Router from '@koa/router'
import type {
  AuthenticateSession,
  DescribeOrganization,
  GetAccount,
  KeyChallenges,
  KeyReset,
  MailSignInLinks,
  Notes,
  OpenOwnerLink,
  OwnerSignIn,
  Place,
  ReadKeyLog,
  RegisterEncryptionKey,
  ReplaceProtectedKeys,
  Sessions,
  SessionTokens,
  Unlock,
} from '@latchkey/application'
import { isId, sessionId } from '@latchkey/domain'
import type { Context } from 'koa'
import type { Log } from '../log.ts'
import { type GroupKeyUseCases, groupKeyRoutes } from '../group-keys/group-key-routes.ts'
import { exact } from '../middleware/exact.ts'
import { limitAttempts } from '../middleware/rate-limits.ts'
import { oneAfterAnother } from './one-after-another.ts'
import {
  bodyOf,
  findOrganizationBody,
  keyRegistrationBody,
  noteBody,
  ownerLinkBody,
  ownerParametersBody,
  ownerSignInBody,
  recoverBody,
  replaceProtectedKeysBody,
  unlockBody,
} from './bodies.ts'
import { personOf, refuseForeignSites, requirePerson } from './guard.ts'
import { Problem, renderProblems } from './problem.ts'
import { problemFrom, releaseProblem } from './refusals.ts'
import { clearSessionCookie, setSessionCookie } from './session-cookie.ts'
import { accountView, challengeView, keyLogView, registeredView, releasedView, sessionView } from './views.ts'

export interface AccountUseCases extends GroupKeyUseCases {
  readonly authenticateSession: AuthenticateSession
  readonly sessionTokens: SessionTokens
  readonly describeOrganization: DescribeOrganization
  readonly mailSignInLinks: MailSignInLinks
  readonly getAccount: GetAccount
  readonly sessions: Sessions
  readonly keyChallenges: KeyChallenges
  readonly registerEncryptionKey: RegisterEncryptionKey
  readonly unlock: Unlock
  readonly replaceProtectedKeys: ReplaceProtectedKeys
  readonly keyReset: KeyReset
  readonly notes: Notes
  readonly readKeyLog: ReadKeyLog
  readonly openOwnerLink: OpenOwnerLink
  readonly ownerSignIn: OwnerSignIn
}

const prefix = '/api/v1/account'

/** From one address: owners are few, and what they present could be guessed. */
const attemptsPerMinute = 60

/** What a person's own pages ask for. The open routes are for those who have no session yet; everything else stands behind one. */
export function accountRoutes(
  useCases: AccountUseCases,
  options: { readonly log: Log; readonly isUnavailable: (error: unknown) => boolean },
): readonly Router[] {
  const open = new Router({ prefix, ...exact })
  open.use(renderProblems(options), refuseForeignSites)
  openRoutes(open, useCases, options.log)

  const closed = new Router({ prefix, ...exact })
  closed.use(renderProblems(options), refuseForeignSites, requirePerson(useCases.authenticateSession, useCases.sessionTokens))
  sessionRoutes(closed, useCases)
  keyRoutes(closed, useCases)
  groupKeyRoutes(closed, useCases)
  closed.all('/{*rest}', () => {
    throw new Problem(404, 'not-found', 'There is nothing at this address.')
  })
  return [open, closed]
}

function openRoutes(
  router: Router,
  { describeOrganization, mailSignInLinks, openOwnerLink, ownerSignIn, sessionTokens }: AccountUseCases,
  log: Log,
): void {
  const limit = limitAttempts(attemptsPerMinute)
  const afterwards = oneAfterAnother(log)

  router.get('/organizations/:slug', limit, async (ctx) => {
    const organization = await describeOrganization.execute(ctx.params['slug'] ?? '')
    if (!organization) throw new Problem(404, 'not-found', 'There is no organisation of this name here.')
    ctx.body = organization
  })

  router.post('/find-organization', limit, async (ctx) => {
    const { address } = await bodyOf(ctx, findOrganizationBody)
    // Answered before anything is looked up: the answer and its time are the same for every address.
    if (!afterwards(() => mailSignInLinks.execute(address)))
      throw new Problem(429, 'too-many-requests', 'Very many people ask at this moment. Try again in a minute.')
    ctx.status = 202
    ctx.body = {}
  })

  router.post('/owner-link', limit, async (ctx) => {
    const { secret } = await bodyOf(ctx, ownerLinkBody)
    const issued = await openOwnerLink.execute(secret, placeOf(ctx))
    if (!issued.ok) throw problemFrom(issued.error)
    setSessionCookie(ctx, issued.value.token)
    ctx.body = { csrfToken: sessionTokens.csrfTokenOf(issued.value.token) }
  })

  router.post('/owner/parameters', limit, async (ctx) => {
    const { organization, userName } = await bodyOf(ctx, ownerParametersBody)
    ctx.body = await ownerSignIn.parameters(organization, userName)
  })

  router.post('/owner/sign-in', limit, async (ctx) => {
    const { organization, userName, unlockProof } = await bodyOf(ctx, ownerSignInBody)
    const issued = await ownerSignIn.execute(organization, userName, unlockProof, placeOf(ctx))
    if (!issued.ok) throw releaseProblem(ctx, issued.error)
    setSessionCookie(ctx, issued.value.token)
    ctx.body = { ...releasedView(issued.value), csrfToken: sessionTokens.csrfTokenOf(issued.value.token) }
  })
}

function sessionRoutes(router: Router, { getAccount, sessions, sessionTokens }: AccountUseCases): void {
  router.get('/session', async (ctx) => {
    const { person, sessionToken } = personOf(ctx)
    const account = await getAccount.execute(person)
    if (!account.ok) throw problemFrom(account.error)
    ctx.body = accountView(account.value, sessionTokens.csrfTokenOf(sessionToken))
  })

  router.post('/sign-out', async (ctx) => {
    const { person } = personOf(ctx)
    const ended = await sessions.end(person, person.session)
    if (!ended.ok) throw problemFrom(ended.error)
    clearSessionCookie(ctx)
    ctx.status = 204
  })

  router.get('/sessions', async (ctx) => {
    const { person } = personOf(ctx)
    const list = await sessions.list(person)
    if (!list.ok) throw problemFrom(list.error)
    ctx.body = { sessions: list.value.map((session) => sessionView(session, person.session)) }
  })

  router.post('/sessions/end-others', async (ctx) => {
    const ended = await sessions.end(personOf(ctx).person, 'others')
    if (!ended.ok) throw problemFrom(ended.error)
    ctx.status = 204
  })

  router.delete('/sessions/:id', async (ctx) => {
    const id = ctx.params['id'] ?? ''
    if (!isId(id)) throw new Problem(404, 'not-found', 'There is no such session.')
    const ended = await sessions.end(personOf(ctx).person, sessionId(id))
    if (!ended.ok) throw problemFrom(ended.error)
    ctx.status = 204
  })
}

function keyRoutes(router: Router, useCases: AccountUseCases): void {
  const { keyChallenges, registerEncryptionKey, unlock, replaceProtectedKeys, keyReset, notes, readKeyLog, sessionTokens } = useCases

  router.post('/encryption-key/challenge', async (ctx) => {
    const challenge = await keyChallenges.issue(personOf(ctx).person)
    if (!challenge.ok) throw problemFrom(challenge.error)
    ctx.body = challengeView(challenge.value)
  })

  router.post('/encryption-key', async (ctx) => {
    const registered = await registerEncryptionKey.execute(personOf(ctx).person, await bodyOf(ctx, keyRegistrationBody))
    if (!registered.ok) throw problemFrom(registered.error)
    const { token } = registered.value.session
    setSessionCookie(ctx, token)
    ctx.status = 201
    ctx.body = registeredView(registered.value, sessionTokens.csrfTokenOf(token))
  })

  router.get('/unlock-parameters', async (ctx) => {
    const parameters = await unlock.parameters(personOf(ctx).person)
    if (!parameters.ok) throw problemFrom(parameters.error)
    ctx.body = parameters.value
  })

  router.post('/unlock', async (ctx) => {
    const { unlockProof } = await bodyOf(ctx, unlockBody)
    const released = await unlock.execute(personOf(ctx).person, 'unlock', unlockProof)
    if (!released.ok) throw releaseProblem(ctx, released.error)
    ctx.body = releasedView(released.value)
  })

  router.post('/recover', async (ctx) => {
    const { recoveryProof } = await bodyOf(ctx, recoverBody)
    const released = await unlock.execute(personOf(ctx).person, 'recovery', recoveryProof)
    if (!released.ok) throw releaseProblem(ctx, released.error)
    ctx.body = releasedView(released.value)
  })

  router.put('/protected-keys', async (ctx) => {
    const { protectedKeys, unlockProof = null, recoveryProof = null } = await bodyOf(ctx, replaceProtectedKeysBody)
    const replaced = await replaceProtectedKeys.execute(personOf(ctx).person, { protectedKeys, unlockProof, recoveryProof })
    if (!replaced.ok) throw problemFrom(replaced.error)
    ctx.body = replaced.value
  })

  router.post('/key-reset', async (ctx) => {
    const requested = await keyReset.request(personOf(ctx).person)
    if (!requested.ok) throw problemFrom(requested.error)
    const { requestedAt, effectiveAt } = requested.value
    ctx.body = { requestedAt: new Date(requestedAt).toISOString(), effectiveAt: new Date(effectiveAt).toISOString() }
  })

  router.delete('/key-reset', async (ctx) => {
    const cancelled = await keyReset.cancel(personOf(ctx).person)
    if (!cancelled.ok) throw problemFrom(cancelled.error)
    ctx.status = 204
  })

  router.get('/note', async (ctx) => {
    const note = await notes.read(personOf(ctx).person)
    if (!note.ok) throw problemFrom(note.error)
    ctx.body = { sealed: note.value }
  })

  router.put('/note', async (ctx) => {
    const { sealed } = await bodyOf(ctx, noteBody)
    const saved = await notes.save(personOf(ctx).person, sealed)
    if (!saved.ok) throw problemFrom(saved.error)
    ctx.status = 204
  })

  router.get('/key-log', async (ctx) => {
    const after = /^\d{1,9}$/.exec(String(ctx.query['after'] ?? '0'))
    if (!after) throw new Problem(400, 'invalid-query', 'after is a sequence number.')
    const entries = await readKeyLog.execute(personOf(ctx).person, Number(after[0]))
    ctx.body = { entries: entries.map(keyLogView) }
  })
}

function placeOf(ctx: Context): Place {
  return { address: ctx.ip, userAgent: ctx.get('User-Agent') }
}
