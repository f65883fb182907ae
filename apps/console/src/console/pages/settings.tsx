import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Switch } from 'react-aria-components/Switch'
import { Entry } from '../../design/entry.tsx'
import { Page } from '../../design/page.tsx'
import { TaskForm } from '../../design/task-form.tsx'
import { useTask } from '../../design/use-task.ts'
import type { Me, Settings } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { Choice } from '../parts/choice.tsx'
import { Read } from '../parts/read.tsx'

/** What an owner decides for the whole organisation. */
export function SettingsPage() {
  const { api, may } = useConsole()
  return (
    <Page title="Settings">
      <Read of={['me']} by={api.me}>
        {(me) => (may('owner') ? <SettingsForm key={me.organization.id} me={me} /> : <p>Only an owner changes settings.</p>)}
      </Read>
    </Page>
  )
}

function SettingsForm({ me: { organization } }: { readonly me: Me }) {
  const { api } = useConsole()
  const queries = useQueryClient()
  const task = useTask()
  const [name, setName] = useState(organization.name)
  const [settings, setSettings] = useState<Settings>(organization.settings)
  const [isSaved, setSaved] = useState(false)
  const change = (part: Partial<Settings>) => {
    setSaved(false)
    setSettings({ ...settings, ...part })
  }
  const save = () =>
    void task.run('Saving…', async () => {
      await api.changeOrganization({ name, settings })
      setSaved(true)
      await queries.invalidateQueries()
    })
  return (
    <>
      <TaskForm task={task} submit="Save" onSubmit={save}>
        <Entry label="Name of the organisation" hint="It stands in mails and on sign-in pages." value={name} onChange={setName} />
        <Switch isSelected={settings.setUpMail} onChange={(setUpMail) => change({ setUpMail })} className="switch">
          <span className="track" aria-hidden="true">
            <span />
          </span>
          Send the set-up mail to people who are provisioned
        </Switch>
        <Choice
          label="Role that everybody has"
          value={settings.defaultRole}
          onChange={(defaultRole) => change({ defaultRole: defaultRole as Settings['defaultRole'] })}
          options={[
            ['member', 'Member: their own account'],
            ['auditor', 'Auditor: may look at everything here'],
          ]}
        />
        <Entry
          label="Days for which audit events are kept"
          hint="30 to 3650."
          value={String(settings.auditRetentionDays)}
          onChange={(days) => change({ auditRetentionDays: Number(days.replaceAll(/\D/g, '')) })}
        />
        <Entry
          label="Days for which activity is kept"
          hint="7 to 400."
          value={String(settings.activityRetentionDays)}
          onChange={(days) => change({ activityRetentionDays: Number(days.replaceAll(/\D/g, '')) })}
        />
        <Switch isSelected={settings.automaticGranting} onChange={(automaticGranting) => change({ automaticGranting })} className="switch">
          <span className="track" aria-hidden="true">
            <span />
          </span>
          Let open pages of people who hold a group’s key give it to new members by themselves
        </Switch>
        <p className="hint">
          Without this, a person compares a fingerprint before anybody gets a key. With it, whoever controls your identity provider and puts
          somebody into a group can read what is sealed to it. After a reset a person approves in any case.
        </p>
        <Entry
          label="Keys given by themselves within an hour at most"
          hint="1 to 1000, in the whole organisation."
          value={String(settings.automaticGrantsPerHour)}
          onChange={(count) => change({ automaticGrantsPerHour: Number(count.replaceAll(/\D/g, '')) })}
        />
      </TaskForm>
      <p role="status">{isSaved && 'Saved.'}</p>
    </>
  )
}
