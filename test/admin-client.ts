import { expect } from 'vitest'
import { adminDescription } from './admin-description.ts'
import type { Answer } from './scim-client.ts'

/** Asks the admin API as one credential; every answer is held against the API's own description of it. */
export type AdminClient = (method: string, path: string, body?: unknown) => Promise<Answer>

/** `credential` is an API token, the headers of a session, or null for nobody. */
export function adminClient(url: string, credential: string | Readonly<Record<string, string>> | null): AdminClient {
  const who = typeof credential === 'string' ? { Authorization: `Bearer ${credential}` } : (credential ?? {})
  return async (method, path, body) => {
    // A page sends JSON with whatever changes something, though it be empty (WEB-3).
    const sent = body ?? ('Cookie' in who && method !== 'GET' && method !== 'DELETE' ? {} : undefined)
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...who, ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('Content-Type') ?? '')
    const answer = { status: response.status, headers: response.headers, body: text === '' ? undefined : isJson ? JSON.parse(text) : text }
    const description = await adminDescription(url)
    expect(description.faults(method, path, answer), `${method} ${path} answers ${answer.status}`).toBe('')
    return answer
  }
}
