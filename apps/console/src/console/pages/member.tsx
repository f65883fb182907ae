import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Link } from 'wouter'
import { Moment } from '../../design/moment.tsx'
import { Page } from '../../design/page.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import type { ConsoleApi, GrantedRole, Member } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { Choice } from '../parts/choice.tsx'
import { Read } from '../parts/read.tsx'
import { SureButton } from '../parts/sure-button.tsx'
import { roleWords, statusWords } from '../parts/words.ts'

/** One person: what they are, and what an administrator may do about it. */
export function MemberPage({ id }: { readonly id: string }) {
  const { api, may } = useConsole()
  return (
    <Read of={['member', id]} by={() => api.member(id)}>
      {(member) => (
        <Page title={member.userName}>
          <p>
            <Link href="/console/members">All members</Link>
          </p>
          <Facts member={member} />
          {may('admin') && <Actions member={member} />}
          {may('owner') && member.role !== 'owner' && <OwnRole member={member} />}
        </Page>
      )}
    </Read>
  )
}

function Facts({ member }: { readonly member: Member }) {
  return (
    <dl className="facts">
      <dt>Name</dt>
      <dd>{member.displayName ?? '–'}</dd>
      <dt>Status</dt>
      <dd>
        {statusWords[member.status]}
        {member.pendingSince && (
          <>
            , since <Moment at={member.pendingSince} />: they sign in once and make their encryption key
          </>
        )}
      </dd>
      <dt>Mails go to</dt>
      <dd>{member.address ?? 'nobody: no address is known'}</dd>
      <dt>Managed by</dt>
      <dd>{member.managedBy === 'scim' ? 'the identity provider, by SCIM' : 'this console'}</dd>
      <dt>Role</dt>
      <dd>{roleWords[member.role]}</dd>
      <dt>Groups</dt>
      <dd>
        {member.groups.length === 0
          ? 'none'
          : member.groups.map((group, index) => (
              <span key={group.id}>
                {index > 0 && ', '}
                <Link href={`/console/groups/${group.id}`}>{group.displayName}</Link>
              </span>
            ))}
      </dd>
      <dt>Key fingerprint</dt>
      <dd>{member.keyFingerprint ? <code className="digits">{member.keyFingerprint}</code> : 'no key yet'}</dd>
      <dt>Created</dt>
      <dd>
        <Moment at={member.createdAt} />
      </dd>
    </dl>
  )
}

type Action = Parameters<ConsoleApi['actOn']>[1]

function Actions({ member }: { readonly member: Member }) {
  const { api } = useConsole()
  const queries = useQueryClient()
  const task = useTask()
  const [done, setDone] = useState('')
  const change = (what: string, work: () => Promise<void>) => {
    setDone('')
    return task.run('Saving…', async () => {
      await work()
      setDone(what)
      await queries.invalidateQueries()
    })
  }
  const act = (action: Action, what: string) => change(what, () => api.actOn(member.id, action))
  const isLocal = member.managedBy === 'local' && member.role !== 'owner'
  return (
    <section aria-labelledby="actions">
      <h2 id="actions">What you can do</h2>
      {member.keyResetAt && (
        <p className="notice">
          A reset of their encryption key is requested; it takes effect on <Moment at={member.keyResetAt} />.{' '}
          <Button onPress={() => void change('The reset is cancelled.', () => api.cancelKeyReset(member.id))}>Cancel the reset</Button>
        </p>
      )}
      <div className="actions">
        {member.status === 'pending-encryption-key' && (
          <Button onPress={() => void act('resend-set-up-mail', 'The set-up mail is on its way.')}>Resend the set-up mail</Button>
        )}
        <SureButton
          label="End sessions…"
          question="They are signed out everywhere, and can sign in again."
          yes="Yes, end their sessions"
          onSure={() => void act('end-sessions', 'Their sessions have ended.')}
        />
        {member.keyFingerprint && !member.keyResetAt && (
          <SureButton
            label="Request a key reset…"
            question="After a day their key is replaced: what was sealed to it stays closed for ever, and groups must let them in anew. They and the owners are told, and can cancel. Do this only when master password and recovery kit are both lost."
            yes="Yes, request the reset"
            onSure={() => void act('key-reset', 'The reset is requested. They and the owners are told.')}
          />
        )}
        {member.role !== 'owner' && (
          <SureButton
            label="Unlink from single sign-on…"
            question="They are signed out, told by mail, and linked anew at their next sign-in. Do this when their account at the provider was replaced."
            yes="Yes, unlink them"
            onSure={() => void act('unlink', 'They are unlinked.')}
          />
        )}
        {isLocal && member.status !== 'deactivated' && (
          <SureButton
            label="Deactivate…"
            question="They are signed out and cannot sign in until you reactivate them. Their key stays."
            yes="Yes, deactivate them"
            onSure={() => void act('deactivate', 'They are deactivated.')}
          />
        )}
        {isLocal && member.status === 'deactivated' && (
          <Button onPress={() => void act('reactivate', 'They are reactivated.')}>Reactivate</Button>
        )}
      </div>
      {member.managedBy === 'scim' && <p className="hint">Deactivating, renaming and removing happen in your identity provider.</p>}
      <p role="status">{done}</p>
      <TaskStatus task={task} />
    </section>
  )
}

const roles = [
  ['', 'None: groups and settings decide'],
  ['member', roleWords.member],
  ['auditor', roleWords.auditor],
  ['admin', roleWords.admin],
] as const

function OwnRole({ member }: { readonly member: Member }) {
  const { api } = useConsole()
  const queries = useQueryClient()
  const task = useTask()
  const save = (chosen: string) =>
    task.run('Saving the role…', async () => {
      await api.changeRole(member.id, chosen === '' ? null : (chosen as GrantedRole))
      await queries.invalidateQueries()
    })
  return (
    <section aria-labelledby="role">
      <h2 id="role">Role</h2>
      <Choice
        label="A role of their own"
        value={member.ownRole ?? ''}
        onChange={(chosen) => void save(chosen)}
        options={roles}
        hint="They have the highest of this one, those of their groups and the one that everybody has."
      />
      <TaskStatus task={task} />
    </section>
  )
}
