import type { Answer } from './scim-client.ts'

/** Asks the admin API with one API token; without one, as nobody. */
export type AdminClient = (method: string, path: string, body?: unknown) => Promise<Answer>

export function adminClient(url: string, token: string | null): AdminClient {
  return async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('Content-Type') ?? '')
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : isJson ? JSON.parse(text) : text }
  }
}
