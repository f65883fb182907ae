/** A browser without a page: it keeps cookies for each host and follows redirects one by one, so that a test sees every step. */
export class BrowserJar {
  readonly #cookies = new Map<string, Map<string, string>>()
  readonly #userAgent: string

  constructor(userAgent = 'Test browser') {
    this.#userAgent = userAgent
  }

  async request(address: string, options: { readonly method?: string; readonly form?: Record<string, string> } = {}): Promise<Response> {
    const { origin } = new URL(address)
    const jar = this.#cookies.get(origin) ?? new Map<string, string>()
    this.#cookies.set(origin, jar)
    const response = await fetch(address, {
      method: options.method ?? 'GET',
      redirect: 'manual',
      headers: { Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '), 'User-Agent': this.#userAgent },
      ...(options.form ? { body: new URLSearchParams(options.form) } : {}),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const equals = pair.indexOf('=')
      if (/Max-Age=0/i.test(cookie)) jar.delete(pair.slice(0, equals))
      else jar.set(pair.slice(0, equals), pair.slice(equals + 1))
    }
    return response
  }

  /** Follows redirects until there is none, or until one leads to where `stops` says. Answers that address or the last one. */
  async follow(address: string, stops: (address: string) => boolean): Promise<string> {
    let at = address
    for (let hops = 0; hops < 20; hops += 1) {
      if (stops(at)) return at
      const response = await this.request(at)
      const location = response.headers.get('Location')
      if (location === null) return at
      at = new URL(location, at).href
    }
    throw new Error('A redirect leads round and round.')
  }

  put(origin: string, name: string, value: string): void {
    this.#cookies.set(origin, (this.#cookies.get(origin) ?? new Map()).set(name, value))
  }

  cookie(origin: string, name: string): string | undefined {
    return this.#cookies.get(origin)?.get(name)
  }
}
