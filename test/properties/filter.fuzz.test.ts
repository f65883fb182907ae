import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ResourceType, formatFilter, limits, patchSchema, resolveFilter, resourceTypes, strict, tolerant } from '@latchkey/scim'
import { brokenTexts } from '../arbitraries/broken.ts'
import { filtersOn } from '../arbitraries/filters.ts'
import { patchOperationsOn } from '../arbitraries/patches.ts'
import { readPatch } from './read-patch.ts'
import { readOrRefused } from './refused.ts'
import { Slowest, readingMsMax } from './slowest.ts'

const brokenOfOne = 25
const runs = { numRuns: 4_200 }
const { filterLengthInBodyMax } = limits

test('105,000 broken filters are read, or refused with 400 invalidFilter, each within 50 ms', ({ annotate }) => {
  const slowest = new Slowest()
  fc.assert(
    fc.property(ofEachType(filterTexts), fc.constantFrom(strict, tolerant), ({ type, texts }, normaliser) => {
      for (const text of texts) {
        const outcome = slowest.measure(text, () =>
          readOrRefused(() => resolveFilter(type, normaliser.filter(type, text, filterLengthInBodyMax))),
        )
        if (outcome.refusal) expect(outcome.refusal).toMatchObject({ status: 400, scimType: 'invalidFilter' })
      }
    }),
    runs,
  )
  expect(slowest.ms, slowest.toString()).toBeLessThan(readingMsMax)
  return annotate(`slowest: ${slowest.toString()}`)
})

test('105,000 broken paths are read, or refused with a 400 that says what is wrong, each within 50 ms', ({ annotate }) => {
  const slowest = new Slowest()
  fc.assert(
    fc.property(ofEachType(pathTexts), fc.constantFrom(strict, tolerant), ({ type, texts }, normaliser) => {
      for (const path of texts) {
        const body = { schemas: [patchSchema], Operations: [{ op: 'remove', path }] }
        const outcome = slowest.measure(path, () => readOrRefused(() => readPatch(type, normaliser, body)))
        if (outcome.refusal) {
          expect(outcome.refusal.status).toBe(400)
          expect(['invalidPath', 'invalidFilter', 'mutability', 'invalidValue', 'noTarget']).toContain(outcome.refusal.scimType)
        }
      }
    }),
    runs,
  )
  expect(slowest.ms, slowest.toString()).toBeLessThan(readingMsMax)
  return annotate(`slowest: ${slowest.toString()}`)
})

function ofEachType(texts: (type: ResourceType) => fc.Arbitrary<string>) {
  const [first, ...others] = resourceTypes.map((type) =>
    fc.record({ type: fc.constant(type), texts: brokenTexts(texts(type), brokenOfOne) }),
  )
  return fc.oneof(first!, ...others)
}

function filterTexts(type: ResourceType): fc.Arbitrary<string> {
  return filtersOn(type).map(formatFilter)
}

function pathTexts(type: ResourceType): fc.Arbitrary<string> {
  return patchOperationsOn(type)
    .map(({ path }) => path)
    .filter((path) => typeof path === 'string')
}
