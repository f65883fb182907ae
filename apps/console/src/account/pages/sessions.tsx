import { useEffect, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import type { SignedInPlace } from '../account-api.ts'
import { useAccount } from '../account-context.ts'
import { Moment } from '../../design/moment.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'

const ways: Readonly<Record<SignedInPlace['via'], string>> = {
  sso: 'single sign-on',
  'owner-link': 'an owner’s link',
  'owner-proof': 'the master password',
}

/** Every place where the person is signed in, and how to end them. */
export function Sessions() {
  const { api } = useAccount()
  const task = useTask()
  const [places, setPlaces] = useState<readonly SignedInPlace[]>([])
  const load = async () => setPlaces((await api.sessions()).toSorted((one, other) => Number(other.current) - Number(one.current)))
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once, and again after each change.
  useEffect(() => {
    void task.run('Looking where you are signed in…', load)
  }, [])
  const end = (work: Promise<void>) =>
    task.run('Signing out there…', async () => {
      await work
      await load()
    })
  const isElsewhere = places.some(({ current }) => !current)
  return (
    <>
      <ul className="places">
        {places.map((place) => (
          <li key={place.id}>
            <p>
              <strong>{place.current ? 'This browser' : browserOf(place.userAgent)}</strong>, by {ways[place.via]}
              {place.address !== null && <>, from {place.address}</>}
              <br />
              since <Moment at={place.createdAt} />, last used <Moment at={place.lastUsedAt} />
            </p>
            {!place.current && (
              <Button aria-label={`Sign out: ${browserOf(place.userAgent)}`} onPress={() => void end(api.endSession(place.id))}>
                Sign out there
              </Button>
            )}
          </li>
        ))}
      </ul>
      <TaskStatus task={task} />
      {isElsewhere && (
        <p className="actions">
          <Button onPress={() => void end(api.endOtherSessions())}>Sign out everywhere else</Button>
        </p>
      )}
    </>
  )
}

/** As much as a person needs to tell one browser from another. */
function browserOf(userAgent: string | null): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(userAgent ?? '')?.[1]
  const system = /Windows|Android|iPhone|iPad|Mac OS|Linux/.exec(userAgent ?? '')?.[0]
  const name = browser === 'Edg' ? 'Edge' : browser === 'OPR' ? 'Opera' : browser
  return name && system ? `${name} on ${system}` : (name ?? 'Another browser')
}
