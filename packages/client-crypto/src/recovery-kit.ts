import { type Bytes, randomBytes } from './bytes.ts'
import { ClientCryptoError } from './client-crypto-error.ts'

/** Crockford's alphabet: no I, L, O or U, so that nothing is mistaken for 1 or 0, and no word appears. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 160 bits. */
const keyLength = 20
const groups = 8

/** A fresh recovery key. */
export function newRecoveryKey(): Bytes {
  return randomBytes(keyLength)
}

/** A recovery key as people copy it: eight groups of four letters or digits and a fifth that checks them and their place. */
export function recoveryKitText(recoveryKey: Bytes): string {
  let bits = ''
  for (const byte of recoveryKey) bits += byte.toString(2).padStart(8, '0')
  return Array.from({ length: groups }, (_, group) => {
    const values = Array.from({ length: 4 }, (__, index) =>
      Number.parseInt(bits.slice(20 * group + 5 * index, 20 * group + 5 * index + 5), 2),
    )
    return [...values, checkOf(values, group)].map((value) => alphabet[value]).join('')
  }).join('-')
}

/** The recovery key of a kit that somebody typed, in any case and with any separators. Says which group is wrong. */
export function readRecoveryKit(text: string): Bytes {
  const characters = text
    .toUpperCase()
    .replaceAll(/[\s–—-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  if (characters.length !== 5 * groups)
    throw wrong(`A recovery kit has ${groups} groups of five characters; this has ${characters.length} in all.`)
  let bits = ''
  for (let group = 0; group < groups; group += 1) {
    const values = Array.from(characters.slice(5 * group, 5 * group + 5), (character) => alphabet.indexOf(character))
    const check = values.pop()
    if (values.includes(-1) || check !== checkOf(values, group)) throw wrong(`Group ${group + 1} of the recovery kit has a mistake in it.`)
    for (const value of values) bits += value.toString(2).padStart(5, '0')
  }
  return Uint8Array.from({ length: keyLength }, (_, index) => Number.parseInt(bits.slice(8 * index, 8 * index + 8), 2))
}

/** Odd weights, and a different start in every group: one wrong character, two swapped ones and two swapped groups are all seen. */
function checkOf(values: readonly number[], group: number): number {
  return values.reduce((sum, value, index) => sum + (2 * index + 3) * value, 5 * group + 1) % alphabet.length
}

function wrong(message: string): ClientCryptoError {
  return new ClientCryptoError('wrong-recovery-kit', message)
}
