export { findResourceTypeResource, resourceTypeResources } from './discovery/resource-types.ts'
export { findSchemaResource, schemaResources } from './discovery/schemas.ts'
export { serviceProviderConfig } from './discovery/service-provider-config.ts'
export type { Json, JsonObject } from './json.ts'
export { emptyObject, isArray, isObject } from './json.ts'
export { limits } from './limits.ts'
export type { Normaliser } from './normaliser/normaliser.ts'
export { strict, tolerant } from './normaliser/normaliser.ts'
export type { Provider } from './normaliser/guess-provider.ts'
export { guessProvider } from './normaliser/guess-provider.ts'
export type { Rule } from './normaliser/rule.ts'
export { rules } from './normaliser/rules.ts'
export { parseAttributePath } from './protocol/attribute-notation.ts'
export type { BulkOutcome } from './protocol/bulk/bulk-response.ts'
export { bulkEntry, bulkResponse, bulkResponseSchema } from './protocol/bulk/bulk-response.ts'
export type { BulkUnit } from './protocol/bulk/plan-bulk.ts'
export { planBulk } from './protocol/bulk/plan-bulk.ts'
export type {
  BulkOperation,
  BulkRequest,
  Change,
  Creation,
  Deletion,
  RefusedOperation,
  WellFormedOperation,
} from './protocol/bulk/read-bulk.ts'
export { bulkRequestSchema, readBulkRequest } from './protocol/bulk/read-bulk.ts'
export { referencesOf, withoutReferences, withReferences } from './protocol/bulk/references.ts'
export type { ScimType } from './protocol/error.ts'
export { errorMessage, errorSchema, ScimError } from './protocol/error.ts'
export { applyOperation } from './protocol/patch/apply-operation.ts'
export type { MemberOperation } from './protocol/patch/member-operations.ts'
export { splitMemberOperations } from './protocol/patch/member-operations.ts'
export type { PatchOperation } from './protocol/patch/parse-patch.ts'
export { namesFolded, parsePatch, patchSchema } from './protocol/patch/parse-patch.ts'
export { parsePath } from './protocol/patch/parse-path.ts'
export type { ResolvedOperation } from './protocol/patch/resolve-operation.ts'
export { resolveOperation } from './protocol/patch/resolve-operation.ts'
export { compareCodePoints, matches, matchesElement, valuesAt } from './protocol/query/filter/evaluate-filter.ts'
export type {
  AttributePath,
  Comparable,
  ComparisonOperator,
  ComparisonValue,
  Filter,
  ResolvedFilter,
} from './protocol/query/filter/filter.ts'
export { formatFilter } from './protocol/query/filter/format-filter.ts'
export { parseFilter } from './protocol/query/filter/parse-filter.ts'
export { resolveFilter } from './protocol/query/filter/resolve-filter.ts'
export { listResponse, listResponseSchema } from './protocol/query/list-response.ts'
export { elementProjection } from './protocol/query/project-text.ts'
export type { Projection } from './protocol/query/projection.ts'
export { everything, project, readProjection, wants } from './protocol/query/projection.ts'
export type { Query, QueryPage } from './protocol/query/read-query.ts'
export { readQuery, readSearchRequest, readSortBy, searchRequestSchema } from './protocol/query/read-query.ts'
export { etag, namesVersion } from './protocol/version.ts'
export { isStorable, readJson } from './read-json.ts'
export { accountSchema } from './schema/account.ts'
export type { Attribute, AttributeType } from './schema/attribute.ts'
export { commonAttributes } from './schema/common-attributes.ts'
export { enterpriseUserSchema } from './schema/enterprise-user.ts'
export { attributeName, findAttribute, findExtension } from './schema/find-attribute.ts'
export { groupSchema } from './schema/group.ts'
export { readGroup } from './schema/read-group.ts'
export { readResource } from './schema/read-resource.ts'
export type { Resource } from './schema/resource.ts'
export { emptyResource, sameResource } from './schema/resource.ts'
export { groupType, resourceTypes, schemas, userType } from './schema/resource-types.ts'
export type { AttributeReference, ResourceType, Schema } from './schema/schema.ts'
export { userSchema } from './schema/user.ts'
