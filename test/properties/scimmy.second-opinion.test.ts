import fc from 'fast-check'
import { Messages, Schemas, Types } from 'scimmy'
import { expect, test } from 'vitest'
import { comparable } from '@latchkey/application'
import {
  type Filter,
  type Json,
  type Resource,
  formatFilter,
  matches,
  parseFilter,
  patchSchema,
  readResource,
  resolveFilter,
  strict,
  userType,
} from '@latchkey/scim'
import { applyPatch, readPatch } from './read-patch.ts'

// What scimmy is not asked, since its answer is known to be another: texts in two cases (RFC 7643 §2.4 folds them), tests of absent complex attributes
// (it throws), `not (…)`, URNs, two value paths of one attribute in one `and` (it takes them for one), types that no schema suggests (it refuses them),
// elements that are there already (it adds them twice), the removal of a complex attribute's last part (it leaves an empty object).

const words = fc.constantFrom('a', 'ab', 'abc', 'b', 'bc', 'c', '2026')
const addresses = fc.constantFrom('a@x.example', 'ab@x.example', 'b@y.example', 'bc@y.example')
const types = fc.constantFrom('work', 'home', 'other')
const singles = ['displayName', 'nickName', 'title', 'locale', 'name.familyName', 'name.givenName'] as const

const emails = fc.record({ value: addresses, display: words, type: types })
const users: fc.Arbitrary<Resource> = fc
  .record(
    {
      userName: words,
      displayName: words,
      nickName: words,
      title: words,
      locale: words,
      name: fc.record({ formatted: words, familyName: words, givenName: words }),
      emails: fc.uniqueArray(emails, { minLength: 1, maxLength: 3, selector: ({ value, type }) => `${value} ${type}` }),
    },
    { requiredKeys: ['userName', 'name', 'emails'] },
  )
  .map((body) => readResource(userType, { schemas: [userType.schema.id], ...plain(body) }))

test('scimmy finds the same users by comparisons joined with "and" and "or"', () => {
  const tests = (names: readonly string[]): fc.Arbitrary<Filter> =>
    fc.oneof(
      fc.record({
        kind: fc.constant('comparison'),
        path: pathTo(names),
        operator: fc.constantFrom('eq', 'co', 'sw', 'ew', 'gt', 'le'),
        value: words,
      }),
      fc.record({ kind: fc.constant('present'), path: pathTo(names) }),
    )
  const element: fc.Arbitrary<Filter> = fc.record({
    kind: fc.constant('element'),
    path: pathTo(['emails']),
    filter: tests(['value', 'display', 'type']),
  })
  const simple = tests(['userName', ...singles])
  const all = fc
    .tuple(fc.array(simple, { minLength: 1, maxLength: 2 }), fc.oneof(simple, element))
    .map(([filters, last]): Filter => ({ kind: 'and', filters: [...filters, last] }))
  const any = fc.array(fc.oneof(simple, element, all), { minLength: 2, maxLength: 3 }).map((filters): Filter => ({ kind: 'or', filters }))
  const filters = fc.oneof(simple, element, all, any)

  return fc.assert(
    fc.property(fc.array(users, { minLength: 1, maxLength: 5 }), filters, (directory, filter) => {
      // Without parentheses: "and" binds first anyway.
      const text = formatFilter(filter).replaceAll(/[()]/g, '')
      const resolved = resolveFilter(userType, parseFilter(text, { lengthMax: 10_000 }))
      const here = directory.filter((user) => matches(resolved, user, comparable))
      expect(new Types.Filter(text).match(directory.map(plain))).toEqual(here.map(plain))
    }),
    { numRuns: 5_000 },
  )
})

test('scimmy makes the same of simple PATCHes', async () => {
  const single = fc.record({ op: fc.constantFrom('add', 'replace'), path: fc.constantFrom(...singles), value: words })
  const removed = fc.record({ op: fc.constant('remove'), path: fc.constantFrom(...singles) })
  const added = fc.record({
    op: fc.constant('add'),
    path: fc.constant('emails'),
    value: fc.tuple(emails.map((email) => ({ ...email, value: 'new@z.example' }))),
  })
  const replaced = fc.record({ op: fc.constant('replace'), path: fc.constant('emails'), value: fc.tuple(emails) })
  const selected = types.map((type) => `emails[type eq "${type}"]`)
  const changed = fc.record({ op: fc.constant('replace'), path: selected.map((path) => `${path}.display`), value: words })
  const dropped = fc.record({ op: fc.constant('remove'), path: selected })
  const whole = fc.record({ op: fc.constantFrom('add', 'replace'), value: fc.record({ displayName: words, title: words }) })
  const operations = fc.uniqueArray(fc.oneof(single, removed, added, replaced, changed, dropped, whole), {
    minLength: 1,
    maxLength: 5,
    selector: (operation) => `${operation.op} ${'path' in operation ? operation.path : ''}`,
  })

  await fc.assert(
    fc.asyncProperty(users, operations, async (user, list) => {
      const body = { schemas: [patchSchema], Operations: list }
      const here = attempt(() => plain(applyPatch(user, readPatch(userType, strict, body))))
      const there = await attemptThere(user, list)
      expect(there).toEqual(here)
    }),
    { numRuns: 3_000 },
  )
})

type Operations = NonNullable<ConstructorParameters<typeof Messages.PatchOp>[0]>['Operations']

function attempt(work: () => Json): Json {
  try {
    return work()
  } catch {
    return 'refused'
  }
}

async function attemptThere(user: Resource, operations: Operations): Promise<Json> {
  const resource = new Schemas.User(plain(user), 'in')
  try {
    const patched = await new Messages.PatchOp({ schemas: [patchSchema], Operations: structuredClone(operations) }).apply(resource)
    const { schemas: _schemas, meta: _meta, ...rest } = patched ?? resource
    return JSON.parse(JSON.stringify(rest))
  } catch {
    return 'refused'
  }
}

function pathTo(names: readonly string[]) {
  return fc.constantFrom(...names).map((dotted) => {
    const [name = '', subName = null] = dotted.split('.')
    return { schema: null, name, subName, position: 0 }
  })
}

function plain<Value extends Json>(value: Value): Value {
  return JSON.parse(JSON.stringify(value))
}
