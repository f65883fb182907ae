import { useQueryClient } from '@tanstack/react-query'
import { Moment } from '../../design/moment.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import { useConsole } from '../console-context.ts'
import { Read } from '../parts/read.tsx'
import { SureButton } from '../parts/sure-button.tsx'
import { Table } from '../parts/table.tsx'

/** Who was deleted and can still be brought back, by an owner. */
export function DeletedMembers() {
  const { api, may } = useConsole()
  const queries = useQueryClient()
  const task = useTask()
  const restore = (id: string) =>
    task.run('Restoring…', async () => {
      await api.restoreMember(id)
      await queries.invalidateQueries()
    })
  return (
    <section aria-labelledby="deleted">
      <h2 id="deleted">Deleted members</h2>
      <Read of={['deleted-members']} by={api.deletedMembers}>
        {(members) =>
          members.length === 0 ? (
            <p>Nobody was deleted within the last 30 days.</p>
          ) : (
            <Table label="Deleted members" heads={['User name', 'Deleted', 'Erased for ever', 'What to do']}>
              {members.map(({ id, userName, deletedAt, erasedAt }) => (
                <tr key={id}>
                  <th scope="row">{userName}</th>
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
                        about={userName}
                        question="They come back deactivated, with the same id and the same key. Groups and sessions do not come back."
                        yes="Yes, restore them"
                        onSure={() => void restore(id)}
                      />
                    ) : (
                      'An owner can restore them.'
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
