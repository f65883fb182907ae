import { useEffect, useState } from 'react'
import { Link, Redirect, Route, Switch, useLocation } from 'wouter'
import { type SignedInProps, useAccount } from '../account-context.ts'
import type { OpenKey } from '../account-keys.ts'
import { GroupPage } from './group.tsx'
import { Groups } from './groups.tsx'
import { WaitingForAKey } from './waiting.tsx'
import { YourKey } from './your-key.tsx'

/** How often an open page looks whether there is somebody to whom it may give a key by itself. */
const roundMs = 30_000

/** What a person sees whose key is open. While it is, this page serves those who wait and need nobody's looking. */
export function Opened({ session, opened, onChange }: SignedInProps & { readonly opened: OpenKey }) {
  const [location] = useLocation()
  const [waiting, setWaiting] = useState(0)
  // Whoever goes to the page where they are reads it anew.
  const [visit, setVisit] = useState(0)
  useQueue(opened, setWaiting)
  const { key } = opened
  return (
    <>
      <nav aria-label="Account">
        <ul>
          {(
            [
              ['/account/', 'Your key'],
              ['/account/groups', 'Your groups'],
              ['/account/waiting', waiting === 0 ? 'Waiting for a key' : `Waiting for a key (${waiting.toLocaleString()})`],
            ] as const
          ).map(([path, name]) => (
            <li key={path}>
              <Link href={path} onClick={() => setVisit(visit + 1)} aria-current={location === path ? 'page' : undefined}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Switch>
        <Route path="/account">
          <YourKey session={session} opened={opened} onChange={onChange} />
        </Route>
        <Route path="/account/groups">
          <Groups key={visit} />
        </Route>
        <Route path="/account/groups/:id">{({ id }) => <GroupPage key={id} id={id} unlocked={key} />}</Route>
        <Route path="/account/waiting">
          <WaitingForAKey key={visit} unlocked={key} onCount={setWaiting} />
        </Route>
        <Route>
          <Redirect to="/account/" replace />
        </Route>
      </Switch>
    </>
  )
}

/** Gives keys where nobody has to look, and counts who waits. What goes wrong here is tried again; a page that the person looks at says why. */
function useQueue({ key }: OpenKey, onWaiting: (count: number) => void): void {
  const { groupKeys } = useAccount()
  useEffect(() => {
    let isOpen = true
    const round = async () => {
      try {
        const waiting = await groupKeys.serveQueue(key)
        if (isOpen) onWaiting(waiting)
      } catch {
        // The next round, or the page "Waiting for a key", meets the same and tells of it.
      }
    }
    void round()
    const timer = setInterval(() => void round(), roundMs)
    return () => {
      isOpen = false
      clearInterval(timer)
    }
  }, [groupKeys, key, onWaiting])
}
