import fc from 'fast-check'
import { expect, test } from 'vitest'
import { comparable } from '@latchkey/application'
import {
  type JsonObject,
  type Normaliser,
  type Resource,
  ScimError,
  applyOperation,
  enterpriseUserSchema,
  isArray,
  isObject,
  readResource,
  resolveOperation,
  strict,
  tolerant,
  userSchema,
  userType,
} from '@latchkey/scim'
import { patchBodiesOn, patchOperationsOn } from '../arbitraries/patches.ts'
import { userBodies, userResources } from '../arbitraries/scim-bodies.ts'

const runs = { numRuns: 3_000 }
const operations = patchOperationsOn(userType)
const bodies = patchBodiesOn(userType)

test('invariant 3: what a PATCH leaves is a resource that a PUT could have made, and putting it back changes nothing', () =>
  fc.assert(
    fc.property(userResources, bodies, fc.constantFrom(strict, tolerant), (resource, body, normaliser) => {
      const after = patched(resource, body, normaliser)
      fc.pre(after !== 'refused')
      expect(readResource(userType, representation(after))).toEqual(after)
      expect(readResource(userType, normaliser.resource(userType, representation(after)))).toEqual(after)
    }),
    runs,
  ))

test('invariant 5: an operation changes nothing that it was given', () =>
  fc.assert(
    fc.property(userResources, bodies, (resource, body) => {
      const before = JSON.stringify(resource)
      patched(frozen(resource), frozen(body), tolerant)
      expect(JSON.stringify(resource)).toBe(before)
    }),
    runs,
  ))

test('invariant 4: an operation that selects nothing by a filter says once what it says twice', () =>
  fc.assert(
    fc.property(userResources, operations, (resource, operation) => {
      fc.pre(!String(operation['path']).includes('['))
      const once = patched(resource, patchOf(operation), strict)
      fc.pre(once !== 'refused')
      expect(patched(once, patchOf(operation), strict)).toEqual(once)
    }),
    runs,
  ))

test('an operation touches the attribute that it names, and no other', () =>
  fc.assert(
    fc.property(userResources, operations, (resource, operation) => {
      const after = patched(resource, patchOf(operation), tolerant)
      fc.pre(after !== 'refused')
      const named = namesIn(operation)
      for (const name of new Set([...Object.keys(resource), ...Object.keys(after)])) {
        if (!named.includes(name)) expect(after[name]).toEqual(resource[name])
      }
    }),
    runs,
  ))

test('after any PATCH at most one element of a list is primary', () =>
  fc.assert(
    fc.property(userResources, bodies, (resource, body) => {
      const after = patched(resource, body, tolerant)
      fc.pre(after !== 'refused')
      for (const value of Object.values(after)) {
        if (isArray(value)) expect(value.filter((element) => isObject(element) && element['primary'] === true).length).toBeLessThan(2)
      }
    }),
    runs,
  ))

test('the tolerant reading of what keeps to the RFC is the strict one', () =>
  fc.assert(
    fc.property(userBodies, bodies, (body, patch) => {
      const resource = readResource(userType, body)
      expect(readResource(userType, tolerant.resource(userType, body))).toEqual(resource)
      const strictly = patched(resource, patch, strict)
      if (strictly !== 'refused') expect(patched(resource, patch, tolerant)).toEqual(strictly)
    }),
    runs,
  ))

/** The resource after a PATCH, which is carried out as a whole or refused with a SCIM error of the client's making. */
function patched(resource: Resource, body: JsonObject, normaliser: Normaliser): Resource | 'refused' {
  try {
    return normaliser
      .patch(userType, body)
      .flatMap((operation) => resolveOperation(userType, operation))
      .reduce((before, operation) => applyOperation(before, operation, comparable), resource)
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    expect(error.status).toBe(400)
    return 'refused'
  }
}

function patchOf(operation: JsonObject): JsonObject {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] }
}

function representation(resource: Resource): JsonObject {
  return { schemas: [userSchema.id, ...(enterpriseUserSchema.id in resource ? [enterpriseUserSchema.id] : [])], ...resource }
}

/** The attributes, or the extension, that an operation is about. */
function namesIn({ path, value }: JsonObject): readonly string[] {
  if (typeof path !== 'string') return isObject(value) ? Object.keys(value) : []
  if (path.startsWith(enterpriseUserSchema.id)) return [enterpriseUserSchema.id]
  return [path.split(/[.[]/)[0]!]
}

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen)
    Object.freeze(value)
  }
  return value
}
