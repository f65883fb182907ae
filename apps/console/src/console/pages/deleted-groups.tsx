import { useQueryClient } from '@tanstack/react-query'
import { Moment } from '../../design/moment.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import { useConsole } from '../console-context.ts'
import { Read } from '../parts/read.tsx'
import { SureButton } from '../parts/sure-button.tsx'
import { Table } from '../parts/table.tsx'

/** Which groups were deleted and can still be brought back, by an owner. */
export function DeletedGroups() {
  const { api, may } = useConsole()
  const queries = useQueryClient()
  const task = useTask()
  const restore = (id: string) =>
    task.run('Restoring…', async () => {
      await api.restoreGroup(id)
      await queries.invalidateQueries()
    })
  return (
    <section aria-labelledby="deleted">
      <h2 id="deleted">Deleted groups</h2>
      <Read of={['deleted-groups']} by={api.deletedGroups}>
        {(groups) =>
          groups.length === 0 ? (
            <p>No group was deleted within the last 30 days.</p>
          ) : (
            <Table label="Deleted groups" heads={['Group', 'Deleted', 'Erased for ever', 'What to do']}>
              {groups.map(({ id, displayName, deletedAt, erasedAt }) => (
                <tr key={id}>
                  <th scope="row">{displayName}</th>
                  <td>
                    <Moment at={deletedAt} />
                  </td>
                  <td>
                    <Moment at={erasedAt} />
                  </td>
                  <td>
                    {may('owner') ? (
                      <SureButton
                        label="Restore…"
                        about={displayName}
                        question="It comes back with its key and its note, and with nobody in it. Whoever the identity provider puts in again can decrypt as before, if nothing else has changed."
                        yes="Yes, restore it"
                        onSure={() => void restore(id)}
                      />
                    ) : (
                      'An owner can restore it.'
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Read>
      <TaskStatus task={task} />
    </section>
  )
}
