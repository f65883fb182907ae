/** What `If-Match` asks of a version (RFC 7644 §3.14); judged under the row's lock. Always true where the header is missing. */
export type Precondition = (version: number) => boolean
