import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '../settings.ts'

/** The secret key: as it is set, or the data folder's own, which its first use makes. */
export function readSecretKey({ secretKey, secretKeyFile, dataFolder }: Settings): string {
  if (secretKey !== undefined) return secretKey
  const path = secretKeyFile ?? join(dataFolder, 'secret-key')
  if (secretKeyFile === undefined) makeOnce(dataFolder, path)
  let key: string
  try {
    key = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new Error(`The secret key cannot be read from ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (key.length < 32) throw new Error(`The secret key in ${path} is shorter than 32 characters; make one with: openssl rand -base64 32`)
  return key
}

/** Written beside and linked into place: two first starts agree on one key, and nobody reads half of it. */
function makeOnce(dataFolder: string, path: string): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const mine = `${path}.${process.pid}`
  writeFileSync(mine, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
  try {
    linkSync(mine, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(mine, { force: true })
  }
}
