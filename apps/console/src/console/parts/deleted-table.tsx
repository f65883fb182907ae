import { useQueryClient } from '@tanstack/react-query'
import { Moment } from '../../design/moment.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import { useConsole } from '../console-context.ts'
import { Read } from './read.tsx'
import { SureButton } from './sure-button.tsx'
import { Table } from './table.tsx'

interface Deleted {
  readonly id: string
  readonly name: string
  readonly deletedAt: string
  readonly erasedAt: string
}

interface DeletedTableProps {
  readonly title: string
  /** What the first column says: `User name`. */
  readonly named: string
  readonly empty: string
  readonly of: string
  readonly by: () => Promise<readonly Deleted[]>
  /** What restoring brings back, and what not. */
  readonly question: string
  readonly yes: string
  readonly onRestore: (id: string) => Promise<void>
}

/** What was deleted and can still be brought back, by an owner. */
export function DeletedTable({ title, named, empty, of, by, question, yes, onRestore }: DeletedTableProps) {
  const { may } = useConsole()
  const queries = useQueryClient()
  const task = useTask()
  const restore = (id: string) =>
    task.run('Restoring…', async () => {
      await onRestore(id)
      await queries.invalidateQueries()
    })
  return (
    <section aria-labelledby="deleted">
      <h2 id="deleted">{title}</h2>
      <Read of={[of]} by={by}>
        {(deleted) =>
          deleted.length === 0 ? (
            <p>{empty}</p>
          ) : (
            <Table label={title} heads={[named, 'Deleted', 'Erased for ever', 'What to do']}>
              {deleted.map(({ id, name, deletedAt, erasedAt }) => (
                <tr key={id}>
                  <th scope="row">{name}</th>
                  <td>
                    <Moment at={deletedAt} />
                  </td>
                  <td>
                    <Moment at={erasedAt} />
                  </td>
                  <td>
                    {may('owner') ? (
                      <SureButton label="Restore…" about={name} question={question} yes={yes} onSure={() => void restore(id)} />
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
