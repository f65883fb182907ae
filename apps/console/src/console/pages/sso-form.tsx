import { useState } from 'react'
import { Label } from 'react-aria-components/Label'
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup'
import { Switch } from 'react-aria-components/Switch'
import { Entry, LongEntry, PasswordEntry } from '../../design/entry.tsx'
import { type FieldErrors, TaskForm } from '../../design/task-form.tsx'
import { useTask } from '../../design/use-task.ts'
import type { ClaimMatch, SingleSignOn, SsoWish } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { Choice } from '../parts/choice.tsx'

/** What people cannot edit themselves, and so may be recognised by (SSO-1). */
const oidcMatches = [
  ['preferred_username userName', 'preferred_username against userName'],
  ['upn userName', 'upn against userName (Microsoft Entra ID)'],
  ['email userName', 'email against userName, when the provider has verified it'],
  ['sub externalId', 'sub against externalId (Okta)'],
  ['oid externalId', 'oid against externalId (Microsoft Entra ID)'],
] as const

interface Typed {
  readonly kind: 'oidc' | 'saml'
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly oidcMatch: string
  readonly entityId: string
  readonly signOnUrl: string
  readonly certificates: string
  readonly samlClaim: string
  readonly samlAttribute: ClaimMatch['attribute']
  readonly allowsProviderInitiated: boolean
}

/** Connects an identity provider, or another one. What was typed stays when it is refused. */
export function SsoForm({ present, onSaved }: { readonly present: SingleSignOn; readonly onSaved: (saved: SingleSignOn) => void }) {
  const { api } = useConsole()
  const task = useTask()
  const [typed, setTyped] = useState(() => typedOf(present.connection))
  const [errors, setErrors] = useState<FieldErrors>({})
  const [isSaved, setSaved] = useState(false)
  const set =
    <Field extends keyof Typed>(field: Field) =>
    (value: Typed[Field]) => {
      setSaved(false)
      setTyped({ ...typed, [field]: value })
    }
  const submit = () => {
    const found = errorsOf(typed)
    setErrors(found)
    setSaved(false)
    if (Object.keys(found).length > 0) return
    void task.run('Connecting…', async () => {
      onSaved(await api.setSingleSignOn(wishOf(typed)))
      setTyped({ ...typed, clientSecret: '' })
      setSaved(true)
    })
  }
  return (
    <section aria-labelledby="connect">
      <h2 id="connect">{present.connection ? 'Change the connection' : 'Connect your identity provider'}</h2>
      <TaskForm task={task} errors={errors} submit="Save the connection" onSubmit={submit}>
        <RadioGroup value={typed.kind} onChange={(kind) => set('kind')(kind === 'saml' ? 'saml' : 'oidc')} className="radios">
          <Label>Protocol</Label>
          <div className="actions">
            <Radio value="oidc" className="radio">
              OpenID Connect
            </Radio>
            <Radio value="saml" className="radio">
              SAML 2.0
            </Radio>
          </div>
        </RadioGroup>
        {typed.kind === 'oidc' ? (
          <>
            <Entry
              label="Issuer"
              hint="For example https://login.microsoftonline.com/<tenant id>/v2.0 or https://acme.okta.com."
              value={typed.issuer}
              onChange={set('issuer')}
              error={errors['issuer']}
            />
            <Entry label="Client ID" value={typed.clientId} onChange={set('clientId')} error={errors['clientId']} />
            <PasswordEntry
              label="Client secret"
              autoComplete="off"
              hint={
                present.connection?.kind === 'oidc' && present.connection.hasClientSecret
                  ? 'One is stored; leave this empty to keep it.'
                  : 'Leave it empty for a client without one.'
              }
              value={typed.clientSecret}
              onChange={set('clientSecret')}
            />
            <Choice
              label="People are recognised at their first sign-in by"
              value={typed.oidcMatch}
              onChange={set('oidcMatch')}
              options={oidcMatches}
              hint="Something that people cannot edit themselves. Afterwards the provider’s own number for them decides."
            />
          </>
        ) : (
          <>
            <Entry
              label="Entity ID of the provider"
              hint="Issuer, in some providers’ words."
              value={typed.entityId}
              onChange={set('entityId')}
              error={errors['entityId']}
            />
            <Entry label="Sign-on URL" value={typed.signOnUrl} onChange={set('signOnUrl')} error={errors['signOnUrl']} />
            <LongEntry
              label="Signing certificates"
              hint="As the provider gives them, in PEM; several while one replaces another."
              value={typed.certificates}
              onChange={set('certificates')}
              error={errors['certificates']}
            />
            <Entry
              label="People are recognised at their first sign-in by"
              hint="NameID, or the name of an attribute that people cannot edit themselves."
              value={typed.samlClaim}
              onChange={set('samlClaim')}
              error={errors['samlClaim']}
            />
            <Choice
              label="Compared with"
              value={typed.samlAttribute}
              onChange={(attribute) => set('samlAttribute')(attribute === 'externalId' ? 'externalId' : 'userName')}
              options={[
                ['userName', 'userName'],
                ['externalId', 'externalId'],
              ]}
            />
            <Switch isSelected={typed.allowsProviderInitiated} onChange={set('allowsProviderInitiated')} className="switch">
              <span className="track" aria-hidden="true">
                <span />
              </span>
              Let sign-ins begin at the provider
            </Switch>
          </>
        )}
      </TaskForm>
      <p role="status">{isSaved && 'Saved. The owners are told by mail. Test the connection above.'}</p>
    </section>
  )
}

function typedOf(connection: SingleSignOn['connection']): Typed {
  const nothing: Typed = {
    kind: 'oidc',
    issuer: '',
    clientId: '',
    clientSecret: '',
    oidcMatch: oidcMatches[0][0],
    entityId: '',
    signOnUrl: '',
    certificates: '',
    samlClaim: 'NameID',
    samlAttribute: 'userName',
    allowsProviderInitiated: false,
  }
  if (connection === null) return nothing
  const { claim, attribute } = connection.match
  if (connection.kind === 'oidc') {
    return { ...nothing, issuer: connection.issuer, clientId: connection.clientId, oidcMatch: `${claim} ${attribute}` }
  }
  const { entityId, signOnUrl, allowsProviderInitiated } = connection
  const certificates = connection.certificates.map(({ base64 }) => pem(base64)).join('\n')
  return {
    ...nothing,
    kind: 'saml',
    entityId,
    signOnUrl,
    certificates,
    samlClaim: claim,
    samlAttribute: attribute,
    allowsProviderInitiated,
  }
}

function errorsOf(typed: Typed): FieldErrors {
  const isAddress = (text: string) => /^https?:\/\/\S+$/.test(text.trim())
  const errors: [string, string][] = []
  if (typed.kind === 'oidc') {
    if (!isAddress(typed.issuer)) errors.push(['issuer', 'Type the whole address, from https:// on.'])
    if (typed.clientId.trim() === '') errors.push(['clientId', 'Type the client ID that the provider gave the application.'])
  } else {
    if (typed.entityId.trim() === '') errors.push(['entityId', 'Type the entity ID of the provider.'])
    if (!isAddress(typed.signOnUrl)) errors.push(['signOnUrl', 'Type the whole address, from https:// on.'])
    if (typed.certificates.trim() === '') errors.push(['certificates', 'Paste at least one certificate.'])
    if (typed.samlClaim.trim() === '') errors.push(['samlClaim', 'Type NameID or the name of an attribute.'])
  }
  return Object.fromEntries(errors)
}

function wishOf(typed: Typed): SsoWish {
  if (typed.kind === 'oidc') {
    const [claim = '', attribute] = typed.oidcMatch.split(' ')
    return {
      kind: 'oidc',
      issuer: typed.issuer.trim(),
      clientId: typed.clientId.trim(),
      match: { claim, attribute: attribute === 'externalId' ? 'externalId' : 'userName' },
      ...(typed.clientSecret === '' ? {} : { clientSecret: typed.clientSecret }),
    }
  }
  const blocks = [...typed.certificates.matchAll(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g)].map(([block]) => block)
  return {
    kind: 'saml',
    entityId: typed.entityId.trim(),
    signOnUrl: typed.signOnUrl.trim(),
    certificates: blocks.length > 0 ? blocks : [typed.certificates.trim()],
    allowsProviderInitiated: typed.allowsProviderInitiated,
    match: { claim: typed.samlClaim.trim(), attribute: typed.samlAttribute },
  }
}

function pem(base64: string): string {
  return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}/g, '$&\n').trim()}\n-----END CERTIFICATE-----`
}
