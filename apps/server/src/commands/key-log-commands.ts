import { VerifyKeyLog } from '@latchkey/application'
import { type Command, organizationNamed } from './command.ts'

const verify: Command = {
  words: ['keylog', 'verify'],
  usage: '--org SLUG',
  options: ['org'],
  async run({ container }, options) {
    const organization = await organizationNamed(container, options.required('org'))
    const verdict = await container.get(VerifyKeyLog).execute(organization)
    const { statements, firstBroken } = verdict
    return {
      json: verdict,
      text:
        firstBroken === null
          ? `All ${statements} statements are whole and in order.`
          : `Statement ${firstBroken} of ${statements} is missing, altered or not signed by its own key.`,
      failed: firstBroken !== null,
    }
  },
}

export const keyLogCommands: readonly Command[] = [verify]
