import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Moment } from '../../design/moment.tsx'
import { TaskStatus } from '../../design/task-status.tsx'
import { useTask } from '../../design/use-task.ts'
import type { IssuedScimToken, ScimToken } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { ActorName } from '../parts/actor-name.tsx'
import { CopyField } from '../parts/copy-field.tsx'
import { Read } from '../parts/read.tsx'
import { SureButton } from '../parts/sure-button.tsx'
import { Table } from '../parts/table.tsx'
import { CreateToken } from './create-token.tsx'
import { NewToken } from './new-token.tsx'
import { RotateToken } from './rotate-token.tsx'

/** The SCIM URL, and the tokens that open it. The secret of a new one is held by this page alone, and only until it is closed. */
export function Tokens() {
  const { api, me, may } = useConsole()
  const queries = useQueryClient()
  const task = useTask()
  const [issued, setIssued] = useState<IssuedScimToken | null>(null)
  const [isCreating, setCreating] = useState(false)
  const changed = () =>
    Promise.all([queries.invalidateQueries({ queryKey: ['tokens'] }), queries.invalidateQueries({ queryKey: ['overview'] })])
  const end = (id: string, how: 'revoke' | 'freeze' | 'release') =>
    task.run('Saving…', async () => {
      await api.endToken(id, how)
      await changed()
    })
  const show = async (token: IssuedScimToken) => {
    setIssued(token)
    setCreating(false)
    await changed()
  }
  return (
    <section aria-labelledby="tokens">
      <h2 id="tokens">Manage SCIM tokens</h2>
      <CopyField label="SCIM URL" value={me.organization.scimUrl} />
      {issued ? (
        <NewToken issued={issued} onClosed={() => setIssued(null)} />
      ) : isCreating ? (
        <CreateToken onCreated={show} onCancelled={() => setCreating(false)} />
      ) : (
        may('admin') && (
          <p className="actions">
            <Button className="primary" onPress={() => setCreating(true)}>
              Create
            </Button>
          </p>
        )
      )}
      <Read of={['tokens']} by={api.tokens} everyMs={15_000}>
        {(tokens) =>
          tokens.length === 0 ? (
            <p>There is no token yet. Create one and give it to your identity provider.</p>
          ) : (
            <Table label="SCIM tokens" heads={['Description', 'Token', 'Reads', 'Created', 'Last used', 'Expires', 'State', 'What to do']}>
              {tokens.map((token) => (
                <tr key={token.id}>
                  <th scope="row">{token.description}</th>
                  <td>
                    <code>{token.prefix}…</code>
                  </td>
                  <td>{token.mode === 'strict' ? 'strictly' : 'tolerantly'}</td>
                  <td>
                    <Moment at={token.createdAt} />
                    <br />
                    {token.createdBy && (
                      <>
                        by <ActorName actor={token.createdBy} />
                      </>
                    )}
                  </td>
                  <td>{token.lastUsedAt ? <Moment at={token.lastUsedAt} /> : 'never'}</td>
                  <td>{token.expiresAt ? <Moment at={token.expiresAt} /> : 'never'}</td>
                  <td>{stateOf(token)}</td>
                  <td>
                    {may('admin') && isAlive(token) && (
                      <div className="actions">
                        <RotateToken token={token} onRotated={show} />
                        {token.frozenAt ? (
                          <Button aria-label={`Release: ${token.description}`} onPress={() => void end(token.id, 'release')}>
                            Release
                          </Button>
                        ) : (
                          <Button aria-label={`Freeze: ${token.description}`} onPress={() => void end(token.id, 'freeze')}>
                            Freeze
                          </Button>
                        )}
                        <SureButton
                          label="Revoke…"
                          about={token.description}
                          question="From the next request on this token is worth nothing, and nothing brings it back."
                          yes="Yes, revoke it"
                          onSure={() => void end(token.id, 'revoke')}
                        />
                      </div>
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Read>
      <TaskStatus task={task} />
    </section>
  )
}

function isAlive({ revokedAt, expiresAt }: ScimToken): boolean {
  return revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > Date.now())
}

function stateOf(token: ScimToken): string {
  if (token.revokedAt !== null) return 'Revoked'
  if (!isAlive(token)) return 'Expired'
  return token.frozenAt === null ? 'Usable' : 'Frozen'
}
