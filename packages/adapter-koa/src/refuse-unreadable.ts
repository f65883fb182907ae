import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { ScimError, errorMessage } from '@latchkey/scim'

/**
 * What is no HTTP request that Node can read, or is too long or too slow to be one, never reaches the app: it is answered here, as a SCIM error like
 * every other (RFC 7644 §3.12). A listener for `clientError`.
 */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const refusal = refusalOf(error)
  const body = JSON.stringify(errorMessage(refusal))
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'Content-Type: application/scim+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function refusalOf({ code }: NodeJS.ErrnoException): ScimError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ScimError(431, undefined, 'Address and headers are too long; send a long filter as POST to /.search.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ScimError(408, undefined, 'The request took too long to arrive.')
    default:
      return new ScimError(400, undefined, 'This is no HTTP request.')
  }
}
