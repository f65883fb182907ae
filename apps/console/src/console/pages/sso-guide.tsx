import { useState } from 'react'
import type { SingleSignOn } from '../console-api.ts'
import { providerGuides } from '../guides/provider-guides.ts'
import { type SsoProtocolGuide, type SsoValues, ssoGuides } from '../guides/sso-guides.ts'
import { Choice } from '../parts/choice.tsx'
import { CopyField } from '../parts/copy-field.tsx'

/** Where at each provider, what of ours goes in there, and what of theirs goes in here. */
export function SsoGuideSection({ present: { connection, ours } }: { readonly present: SingleSignOn }) {
  const [provider, setProvider] = useState('')
  const [protocol, setProtocol] = useState<string>(connection?.kind ?? 'oidc')
  const guide = ssoGuides.find(({ id }) => id === provider)
  const values: Partial<SsoValues> = {
    signInUrl: ours.signInUrl,
    redirectUri: ours.oidc.redirectUri,
    ...(ours.saml ? { entityId: ours.saml.entityId, assertionConsumerUrl: ours.saml.assertionConsumerUrl } : {}),
  }
  return (
    <section aria-labelledby="sso-guide">
      <h2 id="sso-guide">Help for your provider</h2>
      <div className="filters">
        <Choice
          label="Provider"
          value={provider}
          onChange={setProvider}
          options={[['', 'Choose…'], ...providerGuides.map(({ id, name }) => [id, name] as const)]}
        />
        <Choice
          label="With"
          value={protocol}
          onChange={setProtocol}
          options={[
            ['oidc', 'OpenID Connect'],
            ['saml', 'SAML 2.0'],
          ]}
        />
      </div>
      {guide && (
        <>
          <Steps guide={protocol === 'saml' ? guide.saml : guide.oidc} values={values} />
          <ul>
            {guide.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function Steps({ guide: { where, fields, answers }, values }: { readonly guide: SsoProtocolGuide; readonly values: Partial<SsoValues> }) {
  return (
    <>
      <h3>There: {where}</h3>
      {fields.map(({ name, value }) => {
        const text = value.kind === 'ours' ? values[value.of] : value.text
        if (value.kind === 'ours' && text !== undefined) return <CopyField key={name} label={name} value={text} />
        return (
          <p key={name} className="copy">
            <span className="copy-label">{name}</span>
            <span>{text ?? 'shown here once the connection is saved for the first time; until then enter any https address'}</span>
          </p>
        )
      })}
      <h3>Here, below</h3>
      <dl className="facts">
        {answers.map(({ field, is }) => (
          <div key={field}>
            <dt>{field}</dt>
            <dd>{is}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
