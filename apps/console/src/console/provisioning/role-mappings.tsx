import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Entry } from '../../design/entry.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import type { GrantedRole, Group, RoleChange } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { Choice } from '../parts/choice.tsx'
import { Read } from '../parts/read.tsx'
import { SureButton } from '../parts/sure-button.tsx'
import { Table } from '../parts/table.tsx'
import { roleWords } from '../parts/words.ts'

const grantable: readonly GrantedRole[] = ['member', 'auditor', 'admin']

/** Which group gives which role. Roles follow the groups by themselves: who leaves a group has its role no longer. */
export function RoleMappings() {
  const { api, may } = useConsole()
  const queries = useQueryClient()
  const task = useTask()
  const named = async () => {
    const mappings = await api.roleMappings()
    return Promise.all(mappings.map(async ({ group, role }) => ({ role, group: await api.group(group) })))
  }
  const remove = (group: Group) =>
    task.run('Saving…', async () => {
      await api.mapRole(group.id, null)
      await queries.invalidateQueries({ queryKey: ['role-mappings'] })
    })
  return (
    <section aria-labelledby="role-mappings">
      <h2 id="role-mappings">Group-to-role mappings</h2>
      <p>Members of a group have at least the role that it is mapped to. No group makes owners, and nobody maps a role above their own.</p>
      <Read of={['role-mappings']} by={named}>
        {(mappings) =>
          mappings.length === 0 ? (
            <p>No group is mapped: everybody has their own role, or the one that your settings give to all.</p>
          ) : (
            <Table label="Group-to-role mappings" heads={['Group', 'Role', 'What to do']}>
              {mappings.map(({ group, role }) => (
                <tr key={group.id}>
                  <th scope="row">{group.displayName}</th>
                  <td>{roleWords[role]}</td>
                  <td>
                    {may('admin') && (
                      <SureButton
                        label="Remove…"
                        about={group.displayName}
                        question="Its members lose this role at once, unless another group or a role of their own gives it."
                        yes="Yes, remove the mapping"
                        onSure={() => void remove(group)}
                      />
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Read>
      <TaskStatus task={task} />
      {may('admin') && <AddMapping />}
    </section>
  )
}

/** A group out of those that there are, a role, who changes by it, and only then the change. */
function AddMapping() {
  const { api, may } = useConsole()
  const queries = useQueryClient()
  const task = useTask()
  const [text, setText] = useState('')
  const [group, setGroup] = useState<Group | null>(null)
  const [role, setRole] = useState<string>('auditor')
  const [changes, setChanges] = useState<{ readonly total: number; readonly changes: readonly RoleChange[] } | null>(null)
  const [saved, setSaved] = useState('')
  const found = useQuery({
    queryKey: ['groups-to-map', text],
    queryFn: () => api.groups({ text: text.trim(), limit: '10' }),
    enabled: text.trim() !== '',
  })
  const preview = () =>
    group && task.run('Looking who changes…', async () => setChanges(await api.previewRole(group.id, role as GrantedRole)))
  const save = () =>
    group &&
    task.run('Saving…', async () => {
      await api.mapRole(group.id, role as GrantedRole)
      setSaved(`${group.displayName} now gives the role ${roleWords[role as GrantedRole]}.`)
      setGroup(null)
      setChanges(null)
      setText('')
      await queries.invalidateQueries({ queryKey: ['role-mappings'] })
    })
  return (
    <div className="panel">
      <h3>Map a group to a role</h3>
      <Entry
        label="Find a group"
        hint="A part of its name."
        value={text}
        onChange={(typed) => {
          setText(typed)
          setGroup(null)
          setChanges(null)
          setSaved('')
        }}
      />
      {text.trim() !== '' && group === null && (
        <ul className="picks" aria-label="Groups that were found">
          {found.data?.groups.map((candidate) => (
            <li key={candidate.id}>
              <Button onPress={() => setGroup(candidate)}>{candidate.displayName}</Button>
            </li>
          ))}
          {found.data?.groups.length === 0 && <li>No group has this in its name.</li>}
        </ul>
      )}
      {group && (
        <>
          <p>
            Group: <strong>{group.displayName}</strong>
          </p>
          <Choice
            label="Role"
            value={role}
            onChange={(chosen) => {
              setRole(chosen)
              setChanges(null)
            }}
            options={grantable.filter((each) => may(each)).map((each) => [each, roleWords[each]] as const)}
          />
          <p className="actions">
            <Button onPress={() => void preview()}>Show who changes</Button>
            <Button className="primary" onPress={() => void save()}>
              Save the mapping
            </Button>
          </p>
        </>
      )}
      <div role="status">
        {saved !== '' && <p>{saved}</p>}
        {changes?.total === 0 && <p>Nobody’s role changes.</p>}
        {changes && changes.total > 0 && (
          <>
            <p>
              {changes.total.toLocaleString()} {changes.total === 1 ? 'person changes' : 'people change'}:
            </p>
            <ul>
              {changes.changes.map(({ user, userName, before, after }) => (
                <li key={user}>
                  {userName}: {roleWords[before]} → {roleWords[after]}
                </li>
              ))}
              {changes.total > changes.changes.length && <li>and {(changes.total - changes.changes.length).toLocaleString()} more</li>}
            </ul>
          </>
        )}
      </div>
      <TaskStatus task={task} />
    </div>
  )
}
