import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LastOnes } from './last-ones.ts'

const call = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key: fc.integer({ min: 0, max: 6 }), value: fc.integer() }),
  fc.record({ kind: fc.constantFrom('get' as const, 'delete' as const), key: fc.integer({ min: 0, max: 6 }) }),
)

test('the last ones that were set or asked for are kept, and no more than that', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(call), (max, calls) => {
      const kept = new LastOnes<number, number>(max)
      let model: readonly (readonly [number, number])[] = []
      for (const { kind, key, ...rest } of calls) {
        const known = model.find(([other]) => other === key)
        const others = model.filter(([other]) => other !== key)
        if (kind === 'get') expect(kept.get(key)).toBe(known?.[1])
        else if (kind === 'delete') kept.delete(key)
        else if ('value' in rest) kept.set(key, rest.value)
        if (kind === 'delete') model = others
        else if (kind === 'set' && 'value' in rest) model = [...others, [key, rest.value] as const].slice(-max)
        else if (known) model = [...others, known]
      }
      for (let key = 0; key <= 6; key += 1) expect(kept.get(key)).toBe(model.find(([other]) => other === key)?.[1])
    }),
  )
})
