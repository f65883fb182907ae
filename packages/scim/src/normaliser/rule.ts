import type { Json, JsonObject } from '../json.ts'
import type { PatchOperation } from '../protocol/patch/parse-patch.ts'
import type { AttributePath, ComparisonValue } from '../protocol/query/filter/filter.ts'
import type { AttributeReference, ResourceType } from '../schema/schema.ts'

/** One habit of provisioning clients: who has it, and what it is read as. Each part of a rule is a function of the smallest thing it needs. */
export interface Rule {
  readonly name: string
  readonly providers: readonly string[]
  /** What they send, and what it is read as; printed in the reference. */
  readonly sends: string
  readonly reads: string
  /** A POST or PUT body as a whole. */
  readonly body?: (type: ResourceType, body: JsonObject) => JsonObject
  /** The value of one attribute or sub-attribute, wherever it stands: in a body or in an operation. */
  readonly value?: (target: AttributeReference, value: Json) => Json
  /** A PATCH body before it is read. */
  readonly patch?: (body: JsonObject) => JsonObject
  /** One operation, as any number of operations. */
  readonly operation?: (type: ResourceType, operation: PatchOperation) => readonly PatchOperation[]
  /** The name of an attribute in a filter. */
  readonly alias?: (type: ResourceType, path: AttributePath) => AttributePath
  /** What an attribute is compared with: in a filter, or within the brackets of a path. */
  readonly operand?: (target: AttributeReference, operand: ComparisonValue) => ComparisonValue
}
