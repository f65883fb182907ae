import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeptMail, Mailbox } from '@latchkey/application'
import PostalMime from 'postal-mime'

const listedMax = 100
/** What `folderMailer` names its files; nothing else in the folder is read. */
const fileName = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z-[0-9a-f]{32}\.eml$/

/** Reads what `folderMailer` has written. */
export function folderMailbox(folder: string): Mailbox {
  const read = async (name: string): Promise<KeptMail | undefined> => {
    const time = fileName.exec(name)
    if (!time) return undefined
    const [, ...parts] = time.map(Number)
    const [year = 0, month = 1, day, hour, minute, second, millisecond] = parts
    let file: Buffer
    try {
      file = await readFile(join(folder, name))
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
    const { to, subject = '', text = '' } = await PostalMime.parse(file)
    return { name, at: Date.UTC(year, month - 1, day, hour, minute, second, millisecond), to: to?.[0]?.address ?? '', subject, text }
  }
  return {
    read,
    async list() {
      const names = await readdir(folder).catch((error: unknown) => {
        // The first mail makes the folder.
        if (isMissing(error)) return []
        throw error
      })
      const latest = names
        .filter((name) => fileName.test(name))
        .sort()
        .reverse()
        .slice(0, listedMax)
      const mails = await Promise.all(latest.map(read))
      return mails.flatMap((mail) => mail ?? [])
    },
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
