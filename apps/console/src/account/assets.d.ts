/** A worker's own file, by its address. */
declare module '*?worker&url' {
  const url: string
  export default url
}

/** Trusted Types, as far as they are used here; browsers without them have no such property. */
interface Window {
  readonly trustedTypes?: {
    // In truth a TrustedScriptURL, which only a Worker is given.
    createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
  }
}
