import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import { Page } from '../../design/page.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import type { OwnGroup } from '../account-api.ts'
import { useAccount } from '../account-context.ts'
import { keyWords, memberWords } from '../parts/group-words.ts'

/** The person's groups, and what each one's key is to them. */
export function Groups() {
  const { groupKeys } = useAccount()
  const task = useTask()
  const [groups, setGroups] = useState<readonly OwnGroup[] | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once, when the page opens.
  useEffect(() => {
    void task.run('Reading your groups…', async () => setGroups(await groupKeys.list()))
  }, [])
  return (
    <Page title="Your groups">
      <p>Your organisation decides who is in a group. Who can decrypt what is sealed to it, its members decide, one by one.</p>
      <TaskStatus task={task} />
      {groups?.length === 0 && <p>You are in no group. Ask whoever manages groups in your organisation if you expected one.</p>}
      {groups && groups.length > 0 && (
        <ul className="places" aria-label="Your groups">
          {groups.map((group) => (
            <li key={group.id}>
              <p>
                <Link href={`/account/groups/${group.id}`}>
                  <strong>{group.displayName}</strong>
                </Link>
                <br />
                {keyWords(group)}. {memberWords(group)}
                {group.key.waiting > 0 && group.status === 'active' && `. ${group.key.waiting.toLocaleString()} waiting`}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Page>
  )
}
