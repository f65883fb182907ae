import { singleLine } from '../single-line.ts'
import { recipientNameLengthMax } from './lengths.ts'

/** The first line of a letter. A name that a mail program would turn into a link, or that is not there, is not said. */
export function greeting(recipientName: string | null): string {
  const name = singleLine(recipientName ?? '', recipientNameLengthMax)
  return name === '' || linkLike.test(name) ? 'Hello,' : `Hello ${name},`
}

/** Whoever provisions chooses the name, and must not get a link of their own into our letter: an address, a scheme, a host name. */
const linkLike = /[/\\@:]|\.[\p{L}\p{N}]{2}/u
