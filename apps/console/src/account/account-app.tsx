import { useEffect, useMemo, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import type { AccountApi, AccountSession } from './account-api.ts'
import { AccountContext, useAccount } from './account-context.ts'
import type { AccountKeys, OpenKey } from './account-keys.ts'
import { OwnerLink } from './pages/owner-link.tsx'
import { OwnerSignIn } from './pages/owner-sign-in.tsx'
import { Problem } from './pages/problem.tsx'
import { Recover } from './pages/recover.tsx'
import { SetUp } from './pages/set-up.tsx'
import { SignIn, Waiting } from './pages/sign-in.tsx'
import { Unlock } from './pages/unlock.tsx'
import { Opened } from './pages/opened.tsx'
import type { GroupKeys } from './group-keys.ts'
import { TaskContext, useTask } from '../design/use-task.ts'
import { explainError } from './explain-error.ts'

/** Where the browser was when the page opened. */
export type Place =
  | { readonly name: 'account' }
  | { readonly name: 'sign-in'; readonly slug: string }
  | { readonly name: 'owner-link'; readonly secret: string }
  | { readonly name: 'problem'; readonly code: string }

export function placeOf({ pathname, search, hash }: Pick<Location, 'pathname' | 'search' | 'hash'>): Place {
  const query = new URLSearchParams(search)
  switch (pathname.replace(/^\/account\/?/, '')) {
    case 'sign-in':
      return { name: 'sign-in', slug: query.get('organization') ?? '' }
    case 'owner':
      return { name: 'owner-link', secret: hash.slice(1) }
    case 'problem':
      return { name: 'problem', code: query.get('code') ?? '' }
    default:
      return { name: 'account' }
  }
}

/** Whether a page is one of those that an open key shows: unlocking leads back to it. */
function opensWithKey(pathname: string): boolean {
  return /^\/account\/(?:groups|waiting)(?:\/|$)/.test(pathname)
}

/** Nobody is signed in, or somebody is; their key is open only here, and only until it is dropped. */
type State =
  | { readonly name: 'unknown' }
  | { readonly name: 'signed-out'; readonly hasEnded: boolean }
  | { readonly name: 'signed-in'; readonly session: AccountSession; readonly opened: OpenKey | null }

interface AccountAppProps {
  readonly api: AccountApi
  readonly keys: AccountKeys
  readonly groupKeys: GroupKeys
  readonly place: Place
}

export function AccountApp({ api, keys, groupKeys, place }: AccountAppProps) {
  const [state, setState] = useState<State>({ name: 'unknown' })
  const account = useMemo(() => ({ api, keys, groupKeys }), [api, keys, groupKeys])
  const ends = useMemo(() => ({ onSignedOut: () => setState({ name: 'signed-out', hasEnded: true }), explain: explainError }), [])
  return (
    <AccountContext value={account}>
      <TaskContext value={ends}>
        <Banner state={state} onState={setState} />
        <Content place={place} state={state} onState={setState} />
      </TaskContext>
    </AccountContext>
  )
}

function Banner({ state, onState }: { readonly state: State; readonly onState: (state: State) => void }) {
  const { api } = useAccount()
  const task = useTask()
  return (
    <header>
      <p className="brand">Latchkey</p>
      {state.name === 'signed-in' && (
        <p className="actions">
          {state.session.status === 'active' && state.session.user.role !== 'member' && (
            <a className="button quiet" href="/console">
              Console
            </a>
          )}
          {state.opened && (
            <Button className="quiet" onPress={() => onState({ ...state, opened: null })}>
              Lock
            </Button>
          )}
          <Button
            className="quiet"
            onPress={() =>
              void task.run('Signing out…', async () => {
                await api.signOut()
                onState({ name: 'signed-out', hasEnded: false })
              })
            }
          >
            Sign out
          </Button>
          {task.trouble && <span role="alert">{task.trouble.text}</span>}
        </p>
      )}
    </header>
  )
}

interface ContentProps {
  readonly place: Place
  readonly state: State
  readonly onState: (state: State) => void
}

function Content({ place, state, onState }: ContentProps) {
  const { api } = useAccount()
  const task = useTask()
  const load = async (opened: OpenKey | null = null) => {
    const session = await api.session()
    if (session && !opensWithKey(location.pathname)) history.replaceState(null, '', '/account/')
    onState(session ? { name: 'signed-in', session, opened } : { name: 'signed-out', hasEnded: false })
  }
  const begin = () => task.run('Looking who is signed in…', () => load())
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page opens.
  useEffect(() => {
    if (place.name === 'account' || place.name === 'sign-in') void begin()
  }, [])

  switch (state.name) {
    case 'unknown':
      if (place.name === 'problem') return <Problem code={place.code} />
      if (place.name === 'owner-link') return <OwnerLink secret={place.secret} onOpened={() => load()} />
      return <Waiting title="Latchkey" task={task} onRetry={() => void begin()} />
    case 'signed-out':
      return <SignedOut slug={place.name === 'sign-in' ? place.slug : ''} hasEnded={state.hasEnded} onState={onState} />
    case 'signed-in':
      return <SignedIn session={state.session} opened={state.opened} onChange={(opened) => load(opened ?? state.opened)} />
  }
}

function SignedOut({ slug, hasEnded, onState }: { slug: string; hasEnded: boolean; onState: (state: State) => void }) {
  const [owner, setOwner] = useState<string | null>(null)
  if (owner === null) {
    const notice = hasEnded ? 'You are signed out: your session has ended, and your key is locked.' : undefined
    return <SignIn slug={slug} notice={notice} onOwner={setOwner} />
  }
  return (
    <OwnerSignIn
      slug={owner}
      onBack={() => setOwner(null)}
      onSignedIn={(session, opened) => {
        history.replaceState(null, '', '/account/')
        onState({ name: 'signed-in', session, opened })
      }}
    />
  )
}

function SignedIn(props: { session: AccountSession; opened: OpenKey | null; onChange: (opened?: OpenKey) => Promise<void> }) {
  const { session, opened, onChange } = props
  const [isForgotten, setForgotten] = useState(false)
  if (session.status === 'pending-encryption-key') return <SetUp session={session} onChange={onChange} />
  if (opened) return <Opened session={session} opened={opened} onChange={onChange} />
  if (isForgotten) {
    const recovered = async (key?: OpenKey) => {
      await onChange(key)
      if (key) setForgotten(false)
    }
    return <Recover session={session} onChange={recovered} onBack={() => setForgotten(false)} />
  }
  return <Unlock session={session} onChange={onChange} onForgotten={() => setForgotten(true)} />
}
