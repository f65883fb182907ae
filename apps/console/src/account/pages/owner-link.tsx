import { Button } from 'react-aria-components/Button'
import { useAccount } from '../account-context.ts'
import { Page } from '../../design/page.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'

/** Where an owner's link leads. It is opened by a person and not by what looks at links before them. */
export function OwnerLink({ secret, onOpened }: { readonly secret: string; readonly onOpened: () => Promise<void> }) {
  const { api } = useAccount()
  const task = useTask()
  const open = () =>
    task.run('Opening the link…', async () => {
      await api.openOwnerLink(secret)
      await onOpened()
    })
  return (
    <Page title="Welcome, owner">
      <p>This link signs an owner of your organisation in, once, without single sign-on: to make their encryption key, or to recover it.</p>
      <p>
        It is spent when your key is made; until then you can close this page and open the link again. With a key it is spent when you
        begin.
      </p>
      <TaskStatus task={task} />
      <p className="actions">
        <Button className="primary" onPress={() => void open()}>
          Begin
        </Button>
      </p>
    </Page>
  )
}
