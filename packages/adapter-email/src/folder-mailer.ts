import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mailer } from '@latchkey/application'
import { createTransport } from 'nodemailer'
import { composeMessage, nothingFetched, readSender } from './compose-message.ts'

/**
 * Keeps each mail as an .eml file (RFC 5322) in a folder that only this user may read, for development and for want of a mail server.
 * A file is there whole or not at all, and stays through a power failure. Its name, `20260131T235959999Z-<digest of the Message-ID>.eml`,
 * sorts by time; a Message-ID sent again replaces its file. `now` is in milliseconds since 1970.
 */
export function folderMailer({ folder, from, now = Date.now }: { folder: string; from: string; now?: () => number }): Mailer {
  const sender = readSender(from)
  const transport = createTransport({ ...nothingFetched, streamTransport: true, buffer: true, newline: 'windows' })

  return {
    async send(mail) {
      const date = new Date(now())
      const { message } = await transport.sendMail(composeMessage(mail, sender, date))
      if (!Buffer.isBuffer(message)) throw new TypeError('The composed mail is not a buffer.')

      await mkdir(folder, { recursive: true, mode: 0o700 })
      const ending = `-${createHash('sha256').update(mail.messageId).digest('hex').slice(0, 32)}.eml`
      const before = (await readdir(folder)).find((name) => name.endsWith(ending))
      await writeWhole(folder, before ?? `${date.toISOString().replace(/[-:.]/g, '')}${ending}`, message)
    },
  }
}

async function writeWhole(folder: string, name: string, content: Buffer): Promise<void> {
  const temporary = join(folder, `.${randomUUID()}.tmp`)
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, join(folder, name))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(folder)
}

/** Without it the new name may be lost with the power. Windows has no such thing for folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
