/** An answer that is no success (RFC 9457). The message says what to do. */
export class ApiProblem extends Error {
  /** 0 where there was no answer at all. */
  readonly status: number
  readonly code: string
  /** Wrong proofs that are left before the account waits; null for other problems. */
  readonly attemptsLeft: number | null
  /** Ids of the people of whom something has moved meanwhile; none for other problems. */
  readonly moved: readonly string[]

  constructor(
    status: number,
    code: string,
    detail: string,
    { attemptsLeft = null, moved = [] }: { readonly attemptsLeft?: number | null; readonly moved?: readonly string[] } = {},
  ) {
    super(detail)
    this.name = 'ApiProblem'
    this.status = status
    this.code = code
    this.attemptsLeft = attemptsLeft
    this.moved = moved
  }
}

/** Requests to our own JSON API, in a session. Rejects with an `ApiProblem` and nothing else. */
export class JsonApi {
  readonly #prefix: string
  #csrfToken: string | null = null

  /** `prefix` stands before every path: `/api/v1/account`. */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  async request<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    let response: Response
    try {
      response = await fetch(`${this.#prefix}${path}`, {
        method,
        headers: {
          Accept: 'application/json',
          ...(body ? { 'Content-Type': 'application/json' } : {}),
          ...(this.#csrfToken === null ? {} : { 'X-CSRF-Token': this.#csrfToken }),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    } catch {
      throw new ApiProblem(0, 'unreachable', 'The server could not be reached. Nothing was changed. Check your connection and try again.')
    }
    const answer = await json(response)
    if (!response.ok) throw problemOf(response.status, answer)
    // Every answer that begins or renews a session brings the token that its requests must carry (WEB-3).
    if (typeof answer['csrfToken'] === 'string') this.#csrfToken = answer['csrfToken']
    return answer as Answer
  }
}

async function json(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text()
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    throw new ApiProblem(
      response.status,
      'no-answer',
      'The server did not answer as Latchkey does. Try again; if it stays so, tell your administrator.',
    )
  }
}

export function problemOf(status: number, { code, detail, attemptsLeft, moved }: Record<string, unknown>): ApiProblem {
  return new ApiProblem(
    status,
    typeof code === 'string' ? code : 'unknown',
    typeof detail === 'string'
      ? detail
      : 'The server refused this and did not say why. Try again; if it stays so, tell your administrator.',
    {
      attemptsLeft: typeof attemptsLeft === 'number' ? attemptsLeft : null,
      moved: Array.isArray(moved) ? moved.map(({ userId }) => String(userId)) : [],
    },
  )
}
