import { type Resource, ScimError, emptyResource } from '@latchkey/scim'

/**
 * One thing asked of a resource: what it shall be afterwards. A PATCH is one step for each operation, a PUT is one step in all.
 * `names` says what the step is about, for whoever reads what was left out.
 */
export interface ChangeStep {
  readonly names: string
  /** Throws a `ScimError` where the step breaks the protocol. */
  apply(resource: Resource): Resource
}

/** Every step in order; the first that fails fails all (RFC 7644 §3.5.2). */
export function applyAll(steps: readonly ChangeStep[], resource: Resource): Resource {
  return steps.reduce((before, step) => step.apply(before), resource)
}

/** Every step that can be applied, and the names of those that cannot. */
export function applyPossible(
  steps: readonly ChangeStep[],
  resource: Resource,
): { readonly resource: Resource; readonly dropped: readonly string[] } {
  const dropped: string[] = []
  let after = resource
  for (const step of steps) {
    try {
      after = step.apply(after)
    } catch (error) {
      if (!(error instanceof ScimError)) throw error
      dropped.push(step.names)
    }
  }
  return { resource: after, dropped }
}

/** Whether the steps validly set `active: false`, whatever becomes of the others. */
export function deactivates(steps: readonly ChangeStep[]): boolean {
  return applyPossible(steps, { ...emptyResource, active: true }).resource['active'] === false
}
