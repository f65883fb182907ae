import type { JsonObject } from '../json.ts'
import { limits } from '../limits.ts'

/** What this server offers (RFC 7643 §5, RFC 9865 §4): every number is the one that is enforced. */
export function serviceProviderConfig(base: string): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: limits.bulkOperationsMax, maxPayloadSize: limits.bulkBytesMax },
    filter: { supported: true, maxResults: limits.pageSizeMax },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: limits.pageSizeDefault,
      maxPageSize: limits.pageSizeMax,
      cursorTimeout: limits.cursorTimeoutSeconds,
    },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'SCIM token',
        description: 'A bearer token of the organisation, made by an owner or administrator under Single Sign-On (SSO), Provisioning.',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  }
}
