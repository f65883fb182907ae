import { SealAudit, VerifyAudit } from '@latchkey/application'
import type { ChainFault } from '@latchkey/domain'
import { type Command, organizationNamed } from './command.ts'

const verify: Command = {
  words: ['audit', 'verify'],
  usage: '--org acme',
  options: ['org'],
  async run({ container }, options) {
    const organization = await organizationNamed(container, options.required('org'))
    await container.get(SealAudit).sealAll(organization)
    const { events, head, firstBroken } = await container.get(VerifyAudit).execute(organization)
    const text = firstBroken
      ? `Event ${firstBroken.sequence} of ${organization.slug} is the first that is broken: ${faults[firstBroken.fault]}.`
      : `The chain of ${organization.slug} is whole: ${events} events, head ${head ?? 'none'}.`
    return { json: { events, head, firstBroken }, text, failed: firstBroken !== null }
  },
}

const faults: Readonly<Record<ChainFault, string>> = {
  missing: 'it was sealed and is gone',
  altered: 'it is not what was sealed',
  misplaced: 'it does not follow the event before it; something was inserted, taken away or reordered',
}

export const auditCommands: readonly Command[] = [verify]
