import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Switch } from 'react-aria-components/Switch'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import { useConsole } from '../console-context.ts'
import { Read } from '../parts/read.tsx'

/** The toggle of the paid feature. Where it is not licensed it says so, and how to obtain it; turning it off works always. */
export function ProvisioningSwitch() {
  const { api, may } = useConsole()
  const queries = useQueryClient()
  const task = useTask()
  const [isAsking, setAsking] = useState(false)
  const turn = (enabled: boolean) =>
    task.run(enabled ? 'Turning provisioning on…' : 'Turning provisioning off…', async () => {
      await api.switchProvisioning(enabled)
      setAsking(false)
      await queries.invalidateQueries()
    })
  return (
    <section aria-labelledby="provisioning">
      <h2 id="provisioning">Provisioning</h2>
      <p>
        Your identity provider creates, updates, deactivates and deletes people and groups here, by SCIM. Whom it creates may sign in; at
        the first sign-in they make an encryption key in their own browser, which neither the provider nor this server can open.
      </p>
      <Read of={['provisioning']} by={async () => ({ me: await api.me(), licence: (await api.overview()).licence })}>
        {({ me, licence }) => {
          const isOn = me.organization.scimEnabled
          const isEntitled = licence.entitlements.includes('scim')
          return (
            <>
              {!isEntitled && (
                <p className="notice" id="licence-missing">
                  SCIM provisioning is a paid feature, and this deployment has no licence for it.{' '}
                  {licence.state === 'evaluation-over' && 'The evaluation of 30 days is over. '}
                  Ask whoever runs this server to install one: <code>latchkey licence install FILE</code>. Until then your provider can
                  read, deactivate and remove people; tokens can be revoked.
                </p>
              )}
              <Switch
                isSelected={isOn}
                isDisabled={!may('admin') || (!isEntitled && !isOn)}
                {...(isEntitled ? {} : { 'aria-describedby': 'licence-missing' })}
                onChange={(wanted) => (wanted ? void turn(true) : setAsking(true))}
                className="switch"
              >
                <span className="track" aria-hidden="true">
                  <span />
                </span>
                Enable SCIM provisioning
              </Switch>
              <p role="status" className="hint">
                {isOn
                  ? 'On: usable tokens are accepted.'
                  : 'Off: every token is refused with a sentence that says so. Nobody loses anything.'}
              </p>
              {isAsking && (
                <p className="sure">
                  While it is off, your provider can change nothing here, deactivations included.{' '}
                  <Button className="danger" autoFocus onPress={() => void turn(false)}>
                    Yes, turn it off
                  </Button>{' '}
                  <Button onPress={() => setAsking(false)}>No, leave it on</Button>
                </p>
              )}
            </>
          )
        }}
      </Read>
      <TaskStatus task={task} />
    </section>
  )
}
