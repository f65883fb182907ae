// Letters
export { letters } from './letters/letters.ts'

// Ways out
export { folderMailbox } from './folder-mailbox.ts'
export { folderMailer } from './folder-mailer.ts'
export { MailNotAccepted } from './mail-not-accepted.ts'
export { type SmtpMailer, smtpMailer } from './smtp-mailer.ts'
