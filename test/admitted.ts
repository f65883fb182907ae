import type { Admission } from '@latchkey/application'
import type { Organization } from '@latchkey/domain'

/** The admission of somebody who may come in, whatever their token is. */
export function admittedTo(organization: Organization, { isEntitled = true }: { readonly isEntitled?: boolean } = {}): Admission {
  const admit = () => ({ organization, isEntitled, now: Date.now() })
  return { ask: async () => admit(), judge: admit, decide: admit, admitted: admit() }
}
