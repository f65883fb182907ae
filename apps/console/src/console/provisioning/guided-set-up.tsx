import { useState } from 'react'
import { Label } from 'react-aria-components/Label'
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup'
import { Moment } from '../../design/moment.tsx'
import type { Ticks } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { type GuideField, providerGuides } from '../guides/provider-guides.ts'
import { CopyField } from '../parts/copy-field.tsx'
import { Read } from '../parts/read.tsx'
import { Table } from '../parts/table.tsx'

/** What to fill in on the provider's side, with our values, and what of it has been seen here. */
export function GuidedSetUp({ scimUrl }: { readonly scimUrl: string }) {
  const { api } = useConsole()
  const [chosen, setChosen] = useState('')
  const guide = providerGuides.find(({ id }) => id === chosen)
  return (
    <section aria-labelledby="guided-set-up">
      <h2 id="guided-set-up">Guided set-up</h2>
      <RadioGroup value={chosen} onChange={setChosen} className="radios">
        <Label>Your identity provider</Label>
        <div className="actions">
          {providerGuides.map(({ id, name }) => (
            <Radio key={id} value={id} className="radio">
              {name}
            </Radio>
          ))}
        </div>
      </RadioGroup>
      {guide && (
        <>
          <ol className="steps">
            {guide.steps.map(({ where, todo, fields, mappings }) => (
              <li key={where}>
                <h3>{where}</h3>
                <p>{todo}</p>
                {fields.map((field) => (
                  <Field key={field.name} field={field} scimUrl={scimUrl} />
                ))}
                {mappings && (
                  <Table label={`Mappings: ${where}`} heads={[`In ${guide.name}`, 'Here']}>
                    {mappings.map(([there, here]) => (
                      <tr key={here}>
                        <th scope="row">
                          <code>{there}</code>
                        </th>
                        <td>
                          <code>{here}</code>
                        </td>
                      </tr>
                    ))}
                  </Table>
                )}
              </li>
            ))}
          </ol>
          <ul>
            {guide.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
          <p>
            Provisioned people must finish setting up: at their first sign-in they make a master encryption key in their own browser. Your
            identity provider and its SCIM client never have it, and can decrypt nothing.
          </p>
        </>
      )}
      <h3>What has been seen</h3>
      <Read of={['ticks']} by={() => api.ticks(null)} everyMs={3_000}>
        {(ticks) => <TickList ticks={ticks} />}
      </Read>
    </section>
  )
}

function Field({ field: { name, value }, scimUrl }: { readonly field: GuideField; readonly scimUrl: string }) {
  if (value.kind === 'text') return <CopyField label={name} value={value.of({ scimUrl })} />
  return (
    <p className="copy">
      <span className="copy-label">{name}</span>
      <span>{value.kind === 'token' ? 'the new SCIM token, as it was shown when you created it' : value.text}</span>
    </p>
  )
}

const awaited = [
  ['tokenUsedAt', 'A token was used'],
  ['connectionTestedAt', 'The provider tested the connection'],
  ['firstUserAt', 'The first person came'],
  ['firstGroupAt', 'The first group came'],
  ['firstDeactivationAt', 'The first person was deactivated'],
] as const satisfies readonly (readonly [keyof Ticks, string])[]

function TickList({ ticks }: { readonly ticks: Ticks }) {
  return (
    <ul className="ticks" aria-live="polite">
      {awaited.map(([name, words]) => {
        const at = ticks[name]
        return (
          <li key={name} className={at ? 'seen' : 'awaited'}>
            <span aria-hidden="true">{at ? '✓' : '○'}</span> {words}
            {at
              ? // Tests of the connection are counted by the hour, so there is no time to tell.
                name !== 'connectionTestedAt' && (
                  <>
                    : <Moment at={at} />
                  </>
                )
              : ': not yet'}
          </li>
        )
      })}
    </ul>
  )
}
