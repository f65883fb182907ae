/** A version as a weak entity tag (RFC 7644 §3.14): `meta.version` and the ETag header are this text. */
export function etag(version: number): string {
  return `W/"${version}"`
}

/** Whether an `If-Match` or `If-None-Match` header names a version: `*` names every one (RFC 9110 §13.1). Weak and strong tags are compared alike. */
export function namesVersion(header: string, version: number): boolean {
  if (header.trim() === '*') return true
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${version}"`)
}
