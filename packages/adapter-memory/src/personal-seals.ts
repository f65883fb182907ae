import type { PersonalSeals } from '@latchkey/application'
import { readableSeals } from './guessable-secrets.ts'

/** Seals of which each key opens only its own, and that anybody can read. For tests and demos only. */
export function readablePersonalSeals(): PersonalSeals {
  const { seal, open } = readableSeals()
  let made = 0
  return {
    newKey() {
      made += 1
      return `key ${made}`
    },
    seal: (key, text) => seal(`${key}\n${text}`),
    open(key, sealed) {
      const text = open(sealed)
      return text?.startsWith(`${key}\n`) ? text.slice(key.length + 1) : undefined
    },
  }
}
