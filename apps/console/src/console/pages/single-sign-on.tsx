import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Page } from '../../design/page.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import type { Check, SingleSignOn } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { CopyField } from '../parts/copy-field.tsx'
import { Read } from '../parts/read.tsx'
import { SsoTabs } from '../parts/sso-tabs.tsx'
import { SsoForm } from './sso-form.tsx'
import { SsoGuideSection } from './sso-guide.tsx'

/** The General tab of the Single Sign-On (SSO) page: the connection by which people show who they are. */
export function SingleSignOnPage() {
  const { api, may } = useConsole()
  const queries = useQueryClient()
  return (
    <Page title="Single Sign-On (SSO)">
      <SsoTabs />
      <p>
        People sign in at your identity provider. That shows who they are, and opens nothing: what is sealed to them is opened with their
        own master password, which the provider never has.
      </p>
      <Read of={['single-sign-on']} by={api.singleSignOn}>
        {(present) => (
          <>
            <Connection present={present} />
            <SsoGuideSection present={present} />
            {may('admin') && <SsoForm present={present} onSaved={(saved) => queries.setQueryData(['single-sign-on'], saved)} />}
          </>
        )}
      </Read>
    </Page>
  )
}

function Connection({ present: { connection, ours } }: { readonly present: SingleSignOn }) {
  return (
    <section aria-labelledby="connection">
      <h2 id="connection">Connection</h2>
      {connection === null ? (
        <p>No identity provider is connected yet. Until then only owners can sign in.</p>
      ) : (
        <dl className="facts">
          <dt>Protocol</dt>
          <dd>{connection.kind === 'oidc' ? 'OpenID Connect' : 'SAML 2.0'}</dd>
          <dt>Provider</dt>
          <dd>{connection.kind === 'oidc' ? connection.issuer : connection.entityId}</dd>
          <dt>People are recognised</dt>
          <dd>
            by <code>{connection.match.claim}</code>, once, against {connection.match.attribute}; afterwards by the provider’s own number
            for them
          </dd>
          {connection.kind === 'saml' &&
            connection.certificates.map(({ base64, subject, expiresAt }) => (
              <div key={base64}>
                <dt>Certificate</dt>
                <dd>
                  {subject}, until {new Date(expiresAt).toLocaleDateString()}
                </dd>
              </div>
            ))}
        </dl>
      )}
      <h3>For your identity provider</h3>
      <CopyField label="Sign-in page" value={ours.signInUrl} />
      <CopyField label="Redirect URI (OpenID Connect)" value={ours.oidc.redirectUri} />
      {ours.saml && (
        <>
          <CopyField label="Entity ID, audience (SAML)" value={ours.saml.entityId} />
          <CopyField label="Assertion consumer service, reply URL (SAML)" value={ours.saml.assertionConsumerUrl} />
          <CopyField label="Metadata (SAML)" value={ours.saml.metadataUrl} />
        </>
      )}
      {connection && <TestConnection />}
    </section>
  )
}

/** What can be seen of the connection without a person, and the way to try it as one. */
function TestConnection() {
  const { api, me, may } = useConsole()
  const task = useTask()
  const [checks, setChecks] = useState<readonly Check[] | null>(null)
  if (!may('admin')) return null
  return (
    <>
      <p className="actions">
        <Button onPress={() => void task.run('Testing…', async () => setChecks(await api.testSingleSignOn()))}>Test the connection</Button>
        <a className="button" href={`/account/sign-in?organization=${encodeURIComponent(me.organization.slug)}`}>
          Try a sign-in
        </a>
      </p>
      <ul className="ticks" aria-live="polite">
        {checks?.map(({ name, ok, detail }) => (
          <li key={name} className={ok ? 'seen' : 'awaited'}>
            <span aria-hidden="true">{ok ? '✓' : '✗'}</span> {name}: {ok ? '' : 'not right. '}
            {detail}
          </li>
        ))}
      </ul>
      <TaskStatus task={task} />
    </>
  )
}
