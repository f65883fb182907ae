import { type KeyObject, createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { canonicalBytes, protectedKeysMessage, suite } from '@latchkey/domain'

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest())

export interface Challenge {
  readonly nonce: string
  readonly time: string
  readonly organizationId: string
  readonly userId: string
  readonly version: number
  readonly previousStatement: string | null
}

/**
 * What the server sees of a person's browser: a key pair that signs, and texts that nothing here can open. It makes no envelope that could be opened,
 * so that a test of the server can be written without any client cryptography.
 */
export class TestKey {
  readonly #signing = generateKeyPairSync('ed25519')
  readonly #encryptionPublicKey = new Uint8Array(randomBytes(32))
  readonly unlockProof = base64url(randomBytes(32))
  readonly recoveryProof = base64url(randomBytes(32))

  registration(challenge: Challenge, former: TestKey | null = null) {
    const statement = this.#statement(challenge)
    const fingerprint = sha256(statement)
    const { organizationId: organization, userId: user, nonce, version } = challenge
    return {
      nonce,
      statement: base64url(statement),
      statementSignature: this.sign(statement),
      previousSignature: former ? former.sign(statement) : null,
      possession: this.sign(canonicalBytes([suite, 'key-registration', organization, user, nonce, fingerprint])),
      protectedKeys: this.protectedKeys({ organization, user, keyVersion: version, fingerprint }, 1),
      unlockProof: this.unlockProof,
      recoveryProof: this.recoveryProof,
    }
  }

  protectedKeys(
    whose: { readonly organization: string; readonly user: string; readonly keyVersion: number; readonly fingerprint: Uint8Array },
    version: number,
    kept: Partial<Record<'password' | 'recovery', string>> = {},
  ) {
    const set = {
      version,
      profile: 'argon2id-64m-3-4' as const,
      salt: base64url(randomBytes(16)),
      password: base64url(randomBytes(112)),
      recovery: base64url(randomBytes(112)),
      privateKeys: base64url(randomBytes(112)),
      signature: '',
      ...kept,
    }
    return { ...set, signature: this.sign(protectedKeysMessage(whose, set, sha256)) }
  }

  sign(message: Uint8Array, key: KeyObject = this.#signing.privateKey): string {
    return base64url(sign(null, message, key))
  }

  #statement({ organizationId, userId, version, time, previousStatement }: Challenge): Uint8Array {
    const signing = Buffer.from(this.#signing.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
    const previous = previousStatement === null ? null : sha256(Buffer.from(previousStatement, 'base64url'))
    return canonicalBytes([suite, 'key-statement', organizationId, userId, version, this.#encryptionPublicKey, signing, previous, time])
  }
}

export interface AccountAnswer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any
  readonly headers: Headers
}

/** A browser, as far as the account API can tell: it keeps the cookie and sends the token of the page along. */
export class AccountClient {
  readonly #url: string
  #cookie: string | null = null
  csrfToken: string | null = null

  /** `session` is the value of a cookie that was got elsewhere. */
  constructor(url: string, session: string | null = null) {
    this.#url = url
    this.#cookie = session === null ? null : `__Host-latchkey-session=${session}`
  }

  get cookie(): string | null {
    return this.#cookie
  }

  /** Another window that has the same cookie. */
  fork(): AccountClient {
    const fork = new AccountClient(this.#url)
    fork.#cookie = this.#cookie
    fork.csrfToken = this.csrfToken
    return fork
  }

  /** A page reads its session first, and with it the token that it sends along. */
  async #prepare(method: string): Promise<void> {
    if (method !== 'GET' && this.#cookie !== null && this.csrfToken === null) await this.request('GET', '/session')
  }

  async request(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<AccountAnswer> {
    await this.#prepare(method)
    const response = await fetch(`${this.#url}/api/v1/account${path}`, {
      method,
      headers: {
        ...(method === 'GET' ? {} : { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' }),
        ...(this.#cookie === null ? {} : { Cookie: this.#cookie }),
        ...(this.csrfToken === null ? {} : { 'X-CSRF-Token': this.csrfToken }),
        ...headers,
      },
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: JSON.stringify(body ?? {}) }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      this.#cookie = /Max-Age=0/.test(cookie) ? null : pair
    }
    const text = await response.text()
    const answer = { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers }
    if (typeof answer.body?.csrfToken === 'string') this.csrfToken = answer.body.csrfToken
    return answer
  }

  get = (path: string) => this.request('GET', path)
  post = (path: string, body?: object) => this.request('POST', path, body)
  put = (path: string, body?: object) => this.request('PUT', path, body)
  delete = (path: string) => this.request('DELETE', path)
}
