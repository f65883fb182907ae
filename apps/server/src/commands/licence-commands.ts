import { readFileSync } from 'node:fs'
import { type LicenceFault, Licensing } from '@latchkey/application'
import { type LicenceState, type LicenceStatus, licenceHint } from '@latchkey/domain'
import { type Command, CommandError, iso } from './command.ts'

const show: Command = {
  words: ['licence', 'show'],
  usage: '',
  options: [],
  run: async ({ container }) => answer(await container.get(Licensing).status()),
}

/** Longer than any licence is. */
const licenceLengthMax = 64 * 1_024

const install: Command = {
  words: ['licence', 'install'],
  usage: 'FILE',
  options: [],
  takesArgument: true,
  async run({ container }, options) {
    const file = options.argument('FILE')
    let signed: string
    try {
      signed = readFileSync(file, 'utf8')
    } catch {
      throw new CommandError(`${JSON.stringify(file)} cannot be read.`)
    }
    const result =
      signed.length > licenceLengthMax
        ? ({ ok: false, error: 'malformed' } as const)
        : await container.get(Licensing).install(signed.trim())
    if (!result.ok) {
      throw new CommandError(
        result.error === 'expired' ? 'This licence has expired; ask your vendor for another one.' : licenceFaults[result.error],
      )
    }
    return answer(result.value)
  },
}

export const licenceCommands: readonly Command[] = [show, install]

/** What is wrong with a text that shall be a licence, for an operator. */
export const licenceFaults: Readonly<Record<LicenceFault, string>> = {
  'no-vendor-key': "A licence can only be checked with the vendor's key; set LATCHKEY_LICENCE_PUBLIC_KEY.",
  malformed: 'This is no licence: it must be the one line that the vendor sent, a JWT.',
  'not-signed-by-vendor': 'This licence was not signed by the vendor whose key is LATCHKEY_LICENCE_PUBLIC_KEY, or was changed since.',
}

function answer(status: LicenceStatus) {
  const { plan, entitlements, expiresAt, state } = status
  return {
    json: { plan, entitlements, expiresAt: iso(expiresAt), state },
    text: `${texts[state](status)} ${state === 'licensed' ? '' : licenceHint}`.trim(),
  }
}

const texts: Readonly<Record<LicenceState, (status: LicenceStatus) => string>> = {
  evaluation: ({ expiresAt }) => `Evaluation with every feature, until ${iso(expiresAt)}.`,
  'evaluation-over': ({ expiresAt }) =>
    `The evaluation ended at ${iso(expiresAt)} and no licence is installed: provisioning may read and remove, and nothing else.`,
  licensed: ({ plan, entitlements, expiresAt }) => `Licensed (${plan}) until ${iso(expiresAt)}: ${entitlements.join(', ') || 'nothing'}.`,
  'not-started': ({ plan }) => `The licence (${plan}) has not started yet: provisioning may read and remove, and nothing else.`,
  expired: ({ plan, expiresAt }) =>
    `The licence (${plan}) expired at ${iso(expiresAt)}: provisioning may read and remove, and nothing else.`,
}
