import { type AuditEvent, type UserId, askedFor } from '@latchkey/domain'
import type { WriteStores } from '../ports/storage.ts'
import type { ScimCaller } from './scim-caller.ts'

/** What a provisioning client did, with the transaction that does it: evidence for the auditor, and a line for the administrator. */
export async function recordChange(
  { audit, activity }: Pick<WriteStores, 'audit' | 'activity'>,
  caller: ScimCaller,
  event: AuditEvent & ({ readonly user: UserId } | { readonly group: unknown }),
  /** The user's or group's. */
  name: string,
  reason: string | null = null,
): Promise<void> {
  await audit.append({ kind: 'scim-token', id: caller.token }, event, 'user' in event ? { userName: name } : undefined)
  const asked = askedFor(event, name)
  if (!asked) return
  const { action, verb, subject } = asked
  const { id, provider, elapsedMs } = caller.request
  await activity.append([
    {
      action,
      verb,
      subject,
      name: asked.name,
      requestId: id,
      token: caller.token,
      provider: provider(),
      outcome: 'changed',
      status: null,
      reason,
      durationMs: elapsedMs(),
      body: null,
    },
  ])
}
