import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Resource, type ResourceType, groupType, limits, readJson, readResource, strict, tolerant, userType } from '@latchkey/scim'
import { brokenPatches } from '../arbitraries/broken.ts'
import { patchOperationsOn } from '../arbitraries/patches.ts'
import { userNames, userResources } from '../arbitraries/scim-bodies.ts'
import { applyPatch, readPatch } from './read-patch.ts'
import { readOrRefused } from './refused.ts'
import { Slowest, readingMsMax } from './slowest.ts'

const brokenOfOne = 25
const groupResources: fc.Arbitrary<Resource> = fc.record(
  { displayName: userNames, externalId: userNames },
  { requiredKeys: ['displayName'] },
)

test.each([
  ['75,000 broken PATCHes of users', userType, userResources, 3_000],
  ['30,000 broken PATCHes of groups', groupType, groupResources, 1_200],
] as const)('%s are carried out or refused with a 4xx, each read within 50 ms', (_what, type, resources, numRuns) => {
  const slowest = new Slowest()
  const bodies = brokenPatches(patchOperationsOn(type), brokenOfOne)
  fc.assert(
    fc.property(resources, bodies, fc.constantFrom(strict, tolerant), (resource, texts, normaliser) => {
      frozen(resource)
      for (const text of texts) {
        const { answer: patch, refusal } = slowest.measure(text, () => readOrRefused(() => readPatch(type, normaliser, readBody(text))))
        if (refusal) {
          expect(refusal.status).toBeOneOf([400, 413])
          continue
        }
        // Frozen: whoever changes what was given throws what is no SCIM error.
        const { answer: after, refusal: late } = readOrRefused(() => applyPatch(resource, patch))
        if (late) expect(late.status).toBe(400)
        else expect(readResource(type, whole(type, after))).toEqual(after)
      }
    }),
    { numRuns },
  )
  expect(slowest.ms, slowest.toString()).toBeLessThan(readingMsMax)
})

function readBody(text: string) {
  return readJson(text, { depthMax: limits.jsonDepthMax, keysMax: 5 * limits.membersMax, elementsMax: limits.membersMax })
}

/** With the `schemas` of a body. */
function whole(type: ResourceType, resource: Resource): Resource {
  const extensions = type.extensions.map(({ schema }) => schema.id).filter((urn) => urn in resource)
  return { schemas: [type.schema.id, ...extensions], ...resource }
}

function frozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.values(value).forEach(frozen)
  Object.freeze(value)
}
