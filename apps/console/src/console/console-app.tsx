import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Button } from 'react-aria-components/Button'
import { Link, Route, Switch, useLocation } from 'wouter'
import { Page } from '../design/page.tsx'
import { TaskContext } from '../design/use-task.ts'
import { ApiProblem } from '../http/json-api.ts'
import type { ConsoleApi, Me } from './console-api.ts'
import { ConsoleContext } from './console-context.ts'
import { Audit } from './pages/audit.tsx'
import { GroupPage } from './pages/group.tsx'
import { Groups } from './pages/groups.tsx'
import { MemberPage } from './pages/member.tsx'
import { Members } from './pages/members.tsx'
import { OverviewPage } from './pages/overview.tsx'
import { SettingsPage } from './pages/settings.tsx'
import { Provisioning } from './pages/provisioning.tsx'
import { SingleSignOnPage } from './pages/single-sign-on.tsx'
import { WaitingPage } from './pages/waiting.tsx'
import { Failure } from './parts/failure.tsx'

const places = [
  ['/console', 'Overview'],
  ['/console/single-sign-on', 'Single Sign-On (SSO)'],
  ['/console/members', 'Members'],
  ['/console/groups', 'Groups'],
  ['/console/waiting', 'Waiting for a key'],
  ['/console/audit', 'Audit'],
  ['/console/settings', 'Settings'],
] as const

/** The console, for whoever is signed in and may see it; for everybody else, what to do. */
export function ConsoleApp({ api }: { readonly api: ConsoleApi }) {
  const queries = useQueryClient()
  const entry = useQuery({ queryKey: ['entry'], queryFn: () => enter(api), staleTime: Number.POSITIVE_INFINITY })
  const ends = useMemo(
    () => ({
      onSignedOut: () => {
        // Nothing of the organisation stays on the screen or in memory.
        queries.clear()
        queries.setQueryData<Entry>(['entry'], { name: 'signed-out' })
      },
      explain: (error: unknown) => ({
        text: error instanceof Error ? error.message : 'Something went wrong on this page. Load it again.',
        code: null,
        signInAgain: false,
      }),
    }),
    [queries],
  )
  return (
    <TaskContext value={ends}>
      {entry.isError ? (
        <Page title="Latchkey">
          <Failure error={entry.error} onRetry={() => void entry.refetch()} />
        </Page>
      ) : entry.data?.name === 'in' ? (
        <Inside api={api} me={entry.data.me} onSignedOut={ends.onSignedOut} />
      ) : entry.data ? (
        <Outside entry={entry.data.name} />
      ) : (
        <main>
          <p role="status">Looking who is signed in…</p>
        </main>
      )}
    </TaskContext>
  )
}

type Entry = { readonly name: 'signed-out' | 'set-up-first' | 'role-too-low' } | { readonly name: 'in'; readonly me: Me }

async function enter(api: ConsoleApi): Promise<Entry> {
  const session = await api.session()
  if (!session) return { name: 'signed-out' }
  if (session.status !== 'active') return { name: 'set-up-first' }
  try {
    return { name: 'in', me: await api.me() }
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 403) return { name: 'role-too-low' }
    throw error
  }
}

function Inside({ api, me, onSignedOut }: { readonly api: ConsoleApi; readonly me: Me; readonly onSignedOut: () => void }) {
  const console = useMemo(() => ({ api, me }), [api, me])
  const [location] = useLocation()
  return (
    <ConsoleContext value={console}>
      <header>
        <p>
          <span className="brand">Latchkey</span> {me.organization.name}
        </p>
        <p className="actions">
          <a className="button quiet" href="/account/">
            Your account
          </a>
          <Button className="quiet" onPress={() => void api.signOut().then(onSignedOut, onSignedOut)}>
            Sign out
          </Button>
        </p>
      </header>
      <nav aria-label="Console">
        <ul>
          {places.map(([path, name]) => (
            <li key={path}>
              <Link href={path} aria-current={isAt(location, path) ? 'page' : undefined}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Switch>
        <Route path="/console" component={OverviewPage} />
        <Route path="/console/single-sign-on" component={SingleSignOnPage} />
        <Route path="/console/single-sign-on/provisioning" component={Provisioning} />
        <Route path="/console/members" component={Members} />
        <Route path="/console/members/:id">{({ id }) => <MemberPage id={id} />}</Route>
        <Route path="/console/groups" component={Groups} />
        <Route path="/console/groups/:id">{({ id }) => <GroupPage id={id} />}</Route>
        <Route path="/console/waiting" component={WaitingPage} />
        <Route path="/console/audit" component={Audit} />
        <Route path="/console/settings" component={SettingsPage} />
        <Route>
          <Page title="There is nothing here">
            <p>
              The address leads to no page. <Link href="/console">To the overview</Link>
            </p>
          </Page>
        </Route>
      </Switch>
    </ConsoleContext>
  )
}

function isAt(location: string, path: string): boolean {
  return path === '/console' ? location === path || location === '/console/' : location.startsWith(path)
}

function Outside({ entry }: { readonly entry: 'signed-out' | 'set-up-first' | 'role-too-low' }) {
  if (entry === 'role-too-low') {
    return (
      <Page title="The console is for administrators">
        <p>You are signed in, and your role lets you see your own account only. Ask an owner of your organisation for another role.</p>
        <p className="actions">
          <a className="button primary" href="/account/">
            To your account
          </a>
        </p>
      </Page>
    )
  }
  return (
    <Page title={entry === 'signed-out' ? 'Sign in to the console' : 'Set up your encryption key first'}>
      <p>
        {entry === 'signed-out'
          ? 'Sign in as an owner, admin or auditor of your organisation. Then come back: your account page leads here.'
          : 'The console opens for people who have an encryption key of their own. It takes a minute.'}
      </p>
      <p className="actions">
        <a className="button primary" href={entry === 'signed-out' ? '/account/sign-in' : '/account/'}>
          {entry === 'signed-out' ? 'Sign in' : 'Set up your key'}
        </a>
      </p>
    </Page>
  )
}
