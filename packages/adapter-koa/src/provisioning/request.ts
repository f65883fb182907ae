import { type ChangeStep, type Precondition, type ScimCaller, comparable } from '@latchkey/application'
import {
  type Normaliser,
  type PatchOperation,
  type Projection,
  type ResourceType,
  ScimError,
  applyOperation,
  isObject,
  namesFolded,
  namesVersion,
  readProjection,
  resolveOperation,
  strict,
  tolerant,
} from '@latchkey/scim'
import type { Context } from 'koa'

/** What stands in front of the protocol for this caller's token. */
export function normaliserOf({ mode }: Pick<ScimCaller, 'mode'>): Normaliser {
  return mode === 'strict' ? strict : tolerant
}

/** Query parameters by name. `+` and `%20` both are a space; text that is no UTF-8 is refused. What the text may hold is its reader's affair. */
export function parametersOf(ctx: Context): (name: string) => string | null {
  const { querystring } = ctx
  if (querystring === '') return nothing
  const values = new Map<string, string>()
  for (const pair of querystring.split(/[&?]/)) {
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    // The first of several counts.
    if (!values.has(name)) values.set(name, equals < 0 ? '' : pair.slice(equals + 1))
  }
  return (name) => {
    const value = values.get(name)
    return value === undefined ? null : decode(value)
  }
}

const nothing = (): null => null

function decode(text: string): string {
  if (!/[+%]/.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new ScimError(400, 'invalidValue', 'The query is not percent-encoded UTF-8.')
  }
}

/** What the answer shall hold; null where the request does not say. */
export function projectionOf(ctx: Context, type: ResourceType): Projection {
  const parameter = parametersOf(ctx)
  return readProjection(type, { attributes: names(parameter('attributes')), excludedAttributes: names(parameter('excludedAttributes')) })
}

export function asksForAttributes(ctx: Context): boolean {
  const parameter = parametersOf(ctx)
  return parameter('attributes') !== null || parameter('excludedAttributes') !== null
}

function names(text: string | null): readonly string[] | null {
  return text === null
    ? null
    : text
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '')
}

/** What an `If-Match` header asks for, or the `version` of a bulk operation; nothing where there is none. */
export function preconditionFrom(tags: string | null): Precondition {
  return tags === null || tags === '' ? () => true : (version) => namesVersion(tags, version)
}

export function preconditionOf(ctx: Context): Precondition {
  return preconditionFrom(ctx.get('If-Match'))
}

/** Whether the client has this version already (`If-None-Match`). */
export function isUnchanged(ctx: Context, version: number): boolean {
  const header = ctx.get('If-None-Match')
  return header !== '' && namesVersion(header, version)
}

/**
 * A PATCH as steps. Without a path, each attribute in the value is a step of its own, so that a deactivation can go through without its neighbours.
 * An operation that makes no sense is found here and refused where it is applied.
 */
export function patchSteps(type: ResourceType, operations: readonly PatchOperation[]): readonly ChangeStep[] {
  return operations.flatMap((operation) => {
    const { path, value } = operation
    if (path !== null || !isObject(value)) return [patchStep(type, operation, path ?? 'value')]
    namesFolded(value)
    return Object.entries(value).map(([name, inner]) => patchStep(type, { ...operation, value: { [name]: inner } }, name))
  })
}

function patchStep(type: ResourceType, operation: PatchOperation, names: string): ChangeStep {
  try {
    const resolved = resolveOperation(type, operation)
    return { names, apply: (resource) => resolved.reduce((before, one) => applyOperation(before, one, comparable), resource) }
  } catch (error) {
    return refusedStep(names, error)
  }
}

/** A step that fails when it is applied: whatever else is asked for may still be. */
export function refusedStep(names: string, error: unknown): ChangeStep {
  return {
    names,
    apply: () => {
      throw error
    },
  }
}
