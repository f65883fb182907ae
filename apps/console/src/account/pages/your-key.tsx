import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import type { SignedInProps } from '../account-context.ts'
import type { OpenKey } from '../account-keys.ts'
import { Fingerprint } from '../parts/fingerprint.tsx'
import { KeyLogCheck } from '../parts/key-log-check.tsx'
import { Section } from '../parts/section.tsx'
import { Moment } from '../../design/moment.tsx'
import { Page } from '../../design/page.tsx'
import { ChangePassword } from './change-password.tsx'
import { NewKit } from './new-kit.tsx'
import { Note } from './note.tsx'
import { ResetNotice } from './reset.tsx'
import { Sessions } from './sessions.tsx'

type Step = 'overview' | 'change-password' | 'new-kit'

/** The open key: what it is, what it does, and what can be done about it. */
export function YourKey({ session, opened, onChange }: SignedInProps & { readonly opened: OpenKey }) {
  const [step, setStep] = useState<Step>('overview')
  const [done, setDone] = useState<string | null>(null)
  const finish = (what: string | null) => async (changed?: OpenKey) => {
    if (changed) await onChange(changed)
    setDone(what)
    setStep('overview')
  }
  if (step === 'change-password') {
    return (
      <ChangePassword
        session={session}
        onChange={finish('Your master password is changed. The old one opens nothing any more.')}
        onBack={() => void finish(null)()}
      />
    )
  }
  if (step === 'new-kit') {
    return (
      <NewKit
        session={session}
        onChange={finish('Your new recovery kit is the only one. Destroy the old one.')}
        onBack={() => void finish(null)()}
      />
    )
  }
  const { statement } = opened.key
  return (
    <Page title="Your key">
      <p role="status">{done ?? 'Your key is open in this browser, until you lock it or close the page.'}</p>
      <ResetNotice session={session} onChange={onChange} />
      {opened.isNewHere && (
        <p className="notice">
          This browser sees your key for the first time. Compare the fingerprint with the one in your recovery kit; if they differ, lock
          this page and tell your administrator.
        </p>
      )}
      <Section title="Fingerprint">
        <Fingerprint statement={statement} />
        <p>
          Version {statement.version}
          {session.encryptionKey && (
            <>
              , yours since <Moment at={session.encryptionKey.registeredAt} />
            </>
          )}
          . Whoever wants to be sure that a key is yours compares this with you, by telephone or in person.
        </p>
        <KeyLogCheck session={session} unlocked={opened.key} />
      </Section>
      <Section title="A note to yourself">
        <Note key={statement.version} unlocked={opened.key} />
      </Section>
      <Section title="Master password and recovery kit">
        <p className="actions">
          <Button onPress={() => setStep('change-password')}>Change the master password</Button>
          <Button onPress={() => setStep('new-kit')}>Make a new recovery kit</Button>
        </p>
      </Section>
      <Section title="Where you are signed in">
        <Sessions />
      </Section>
    </Page>
  )
}
