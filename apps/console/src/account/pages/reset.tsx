import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { type SignedInProps, useAccount } from '../account-context.ts'
import { Moment } from '../../design/moment.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import { singleSignOnAddress } from './sign-in.tsx'

/** When neither master password nor kit is left. What was sealed to the old key stays closed, and everybody is told. */
export function Reset({ session, onChange }: SignedInProps) {
  const { api } = useAccount()
  const task = useTask()
  const [isSure, setSure] = useState(false)
  const request = () =>
    task.run('Requesting the reset…', async () => {
      await api.requestReset()
      setSure(false)
      await onChange()
    })
  return (
    <section aria-labelledby="reset">
      <h2 id="reset">Neither master password nor recovery kit?</h2>
      {session.resetRequest ? (
        <ResetNotice session={session} onChange={onChange} />
      ) : (
        <>
          <p>
            Then the key can only be replaced. <strong>What is sealed to the old key stays closed for ever</strong>, and your groups let you
            in again only when a person approves. For 24 hours nothing changes, you and the owners are told by mail, and you or they can
            cancel.
          </p>
          <TaskStatus task={task} {...(session.via === 'sso' ? { signInAt: singleSignOnAddress(session.organization.slug) } : {})} />
          <p className="actions">
            {isSure ? (
              <>
                <Button className="danger" onPress={() => void request()}>
                  Yes, request the reset
                </Button>
                <Button onPress={() => setSure(false)}>No, keep my key</Button>
              </>
            ) : (
              <Button onPress={() => setSure(true)}>Reset my key…</Button>
            )}
          </p>
        </>
      )}
    </section>
  )
}

/** That a reset is on its way, and how to stop it. */
export function ResetNotice({ session: { resetRequest }, onChange }: SignedInProps) {
  const { api } = useAccount()
  const task = useTask()
  if (!resetRequest) return null
  const cancel = () =>
    task.run('Cancelling…', async () => {
      await api.cancelReset()
      await onChange()
    })
  return (
    <div className="trouble">
      <p>
        A reset of your key was requested on <Moment at={resetRequest.requestedAt} />. Your key is replaced from{' '}
        <Moment at={resetRequest.effectiveAt} /> on. If that was not you, cancel it and tell your administrator.
      </p>
      <TaskStatus task={task} />
      <p className="actions">
        <Button onPress={() => void cancel()}>Cancel the reset</Button>
      </p>
    </div>
  )
}
