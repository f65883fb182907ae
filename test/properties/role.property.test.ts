import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type GrantedRole, type Role, effectiveRole } from '@latchkey/domain'

const order: readonly Role[] = ['member', 'auditor', 'admin', 'owner']
const granted = fc.constantFrom<GrantedRole>('member', 'auditor', 'admin')
const own = fc.option(fc.constantFrom<Role>('member', 'auditor', 'admin', 'owner'))

test('invariant 32: a role is the highest of what one has, what groups give and what is the default', () =>
  fc.assert(
    fc.property(own, fc.array(granted), granted, (mine, mapped, byDefault) => {
      const role = effectiveRole(mine, mapped, byDefault)
      const all: readonly Role[] = [...(mine ? [mine] : []), ...mapped, byDefault]
      expect(all).toContain(role)
      for (const other of all) expect(order.indexOf(role)).toBeGreaterThanOrEqual(order.indexOf(other))
    }),
  ))

test('invariant 32: no group makes an owner', () =>
  fc.assert(
    fc.property(own, fc.array(granted), granted, (mine, mapped, byDefault) => {
      expect(effectiveRole(mine, mapped, byDefault) === 'owner').toBe(mine === 'owner')
    }),
  ))
