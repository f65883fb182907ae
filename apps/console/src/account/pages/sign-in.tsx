import { useEffect, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { ApiProblem, type KnownOrganization } from '../account-api.ts'
import { useAccount } from '../account-context.ts'
import { Entry } from '../parts/entry.tsx'
import { Page } from '../parts/page.tsx'
import { type FieldErrors, TaskForm } from '../parts/task-form.tsx'
import { TaskStatus } from '../parts/task-status.tsx'
import { useTask } from '../use-task.ts'

/** Where single sign-on begins for an organisation. */
export function singleSignOnAddress(slug: string): string {
  return `/sso/start?organization=${encodeURIComponent(slug)}`
}

type Way =
  | { readonly name: 'choose' }
  | { readonly name: 'organization'; readonly organization: KnownOrganization }
  | { readonly name: 'mailed' }

/** By the organisation's short name, or by one's own address where that is not known. */
export function SignIn({
  slug,
  notice,
  onOwner,
}: {
  readonly slug: string
  readonly notice?: string | undefined
  readonly onOwner: (slug: string) => void
}) {
  const { api } = useAccount()
  const task = useTask()
  const [way, setWay] = useState<Way>({ name: 'choose' })
  const [typed, setTyped] = useState(slug)
  const [address, setAddress] = useState('')
  const [errors, setErrors] = useState<FieldErrors>({})
  const find = (wanted: string) =>
    task.run('Looking for your organisation…', async () => setWay({ name: 'organization', organization: await knownOrganization(wanted) }))
  async function knownOrganization(wanted: string): Promise<KnownOrganization> {
    try {
      return await api.organization(wanted)
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 404) throw error
      throw new ApiProblem(
        404,
        error.code,
        `No organisation here is called “${wanted}”. Look at your set-up mail, or let us mail you the way in.`,
      )
    }
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: a link from a mail is followed once, when the page opens.
  useEffect(() => {
    if (slug !== '') void find(slug)
  }, [])

  if (way.name === 'organization')
    return <WaysIn organization={way.organization} onOwner={onOwner} onBack={() => setWay({ name: 'choose' })} />
  if (way.name === 'mailed') {
    return (
      <Page title="Look into your mail">
        <p>
          If <strong>{address}</strong> is known here, we have sent a mail with the way in for each of its organisations. It signs nobody in
          by itself.
        </p>
        <p>
          Nothing there after some minutes? Then your organisation has not provisioned this address; ask whoever manages accounts there.
        </p>
      </Page>
    )
  }
  return (
    <Page title="Sign in">
      {notice !== undefined && <p className="notice">{notice}</p>}
      <TaskForm
        task={task}
        errors={errors}
        submit="Continue"
        onSubmit={() => {
          const wanted = typed.trim().toLowerCase()
          setErrors(wanted === '' ? { slug: 'Type the short name of your organisation, as in your set-up mail.' } : {})
          if (wanted !== '') void find(wanted)
        }}
      >
        <Entry
          label="Short name of your organisation"
          autoComplete="organization"
          hint="It stands in your set-up mail, for example acme."
          value={typed}
          onChange={setTyped}
          error={errors['slug']}
        />
      </TaskForm>
      <FindByAddress address={address} onChange={setAddress} onMailed={() => setWay({ name: 'mailed' })} />
    </Page>
  )
}

function FindByAddress(props: { address: string; onChange: (address: string) => void; onMailed: () => void }) {
  const { api } = useAccount()
  const task = useTask()
  const [errors, setErrors] = useState<FieldErrors>({})
  return (
    <section aria-labelledby="by-address">
      <h2 id="by-address">You do not know the short name?</h2>
      <TaskForm
        task={task}
        errors={errors}
        submit="Mail me the way in"
        onSubmit={() => {
          const isAddress = /^\S+@\S+$/.test(props.address.trim())
          setErrors(isAddress ? {} : { address: 'Type an e-mail address, such as ada@acme.example.' })
          if (!isAddress) return
          void task.run('Asking for the mail…', async () => {
            await api.findOrganization(props.address.trim())
            props.onMailed()
          })
        }}
      >
        <Entry
          label="Your e-mail address at work"
          autoComplete="email"
          inputMode="email"
          value={props.address}
          onChange={props.onChange}
          error={errors['address']}
        />
      </TaskForm>
    </section>
  )
}

function WaysIn(props: { organization: KnownOrganization; onOwner: (slug: string) => void; onBack: () => void }) {
  const { name, slug, sso } = props.organization
  return (
    <Page title={`Sign in to ${name}`}>
      {sso === null ? (
        <p>{name} has not connected its single sign-on yet. Owners can sign in; everybody else asks their administrator.</p>
      ) : (
        <>
          <p>Your organisation signs you in. Afterwards you open your key here, with a master password that only you know.</p>
          <p className="actions">
            <a className="button primary" href={singleSignOnAddress(slug)}>
              Sign in with single sign-on
            </a>
          </p>
        </>
      )}
      <p className="actions">
        <Button className="quiet" onPress={() => props.onOwner(slug)}>
          Sign in as an owner
        </Button>
        <Button className="quiet" onPress={props.onBack}>
          Another organisation
        </Button>
      </p>
    </Page>
  )
}

/** While the account is looked up, and when it cannot be. */
export function Waiting({
  title,
  task,
  onRetry,
}: {
  readonly title: string
  readonly task: ReturnType<typeof useTask>
  readonly onRetry: () => void
}) {
  return (
    <Page title={title}>
      <TaskStatus task={task} />
      {task.trouble && (
        <p className="actions">
          <Button onPress={onRetry}>Try again</Button>
        </p>
      )}
    </Page>
  )
}
