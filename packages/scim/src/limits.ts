/**
 * Every limit of the SCIM endpoint, in one place. What ServiceProviderConfig advertises is read from here,
 * so the advertised limit and the enforced one cannot differ.
 */
export const limits = {
  /** Characters of a filter or path in a URL, and in a body. */
  filterLengthInUrlMax: 4 * 1024,
  filterLengthInBodyMax: 16 * 1024,
  /** Nested parentheses, brackets and `not` in one filter. */
  filterDepthMax: 32,
  /** Comparisons in one filter. */
  filterTermsMax: 200,
  /** Bytes of a request body. */
  bodyBytesMax: 256 * 1024,
  groupBodyBytesMax: 2 * 1024 * 1024,
  bulkBytesMax: 1024 * 1024,
  /** Nested objects and arrays in a body. */
  jsonDepthMax: 16,
  /** Keys in a body, in a Bulk for each operation; member lists are counted by members instead. */
  jsonKeysMax: 2_000,
  patchOperationsMax: 1_000,
  /** Members named by one PATCH operation or one group body. */
  membersMax: 10_000,
  bulkOperationsMax: 1_000,
  pageSizeDefault: 100,
  pageSizeMax: 500,
  /** Seconds for which a cursor can be continued (RFC 9865 §4). */
  cursorTimeoutSeconds: 3_600,
} as const
