import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../json.ts'
import type { Resource } from '../../schema/resource.ts'
import { userType } from '../../schema/resource-types.ts'
import { ScimError } from '../error.ts'
import type { Comparable } from '../query/filter/filter.ts'
import { applyOperation } from './apply-operation.ts'
import type { PatchOperation } from './parse-patch.ts'
import { resolveOperation } from './resolve-operation.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const comparable: Comparable = ({ attribute, subAttribute }, text) => ((subAttribute ?? attribute).caseExact ? text : text.toLowerCase())

type Sent = { readonly op: PatchOperation['op']; readonly path?: string; readonly value?: Json }

function patch(resource: Resource, operations: readonly Sent[], whenNoTarget: PatchOperation['whenNoTarget'] = 'refuse'): Resource {
  return operations
    .flatMap(({ op, path = null, value }) => resolveOperation(userType, { op, path, value, whenNoTarget }))
    .reduce((before, operation) => applyOperation(before, operation, comparable), resource)
}

const add = (path: string, value: Json): Sent => ({ op: 'add', path, value })
const replace = (path: string, value: Json): Sent => ({ op: 'replace', path, value })
const remove = (path: string): Sent => ({ op: 'remove', path })

const work = { value: 'bjensen@example.com', type: 'work', primary: true }
const home = { value: 'babs@example.org', type: 'home' }
const barbara: Resource = deepFrozen({
  userName: 'bjensen',
  name: { familyName: 'Jensen', givenName: 'Barbara' },
  title: 'Tour Guide',
  emails: [work, home],
  addresses: [
    { type: 'work', streetAddress: '100 Universal City Plaza', locality: 'Hollywood' },
    { type: 'home', streetAddress: '456 Hollywood Blvd', locality: 'Hollywood' },
  ],
  [enterprise]: { department: 'Tours', manager: { value: '26118915' } },
})

/** What differs from her as she was: null for what is gone. */
function changes(operations: readonly Sent[], whenNoTarget?: PatchOperation['whenNoTarget']): JsonObject {
  const after = patch(barbara, operations, whenNoTarget)
  const names = [...new Set([...Object.keys(barbara), ...Object.keys(after)])]
  return Object.fromEntries(names.filter((name) => after[name] !== barbara[name]).map((name) => [name, after[name] ?? null]))
}

test('RFC 7644 §3.5.2.1: an attribute that is absent is set, a single value is replaced, a complex one is merged', () => {
  expect(changes([add('nickName', 'Babs')])).toEqual({ nickName: 'Babs' })
  expect(changes([add('title', 'Guide')])).toEqual({ title: 'Guide' })
  expect(changes([add('name', { givenName: 'Babs', middleName: 'Jane' })])).toEqual({
    name: { familyName: 'Jensen', givenName: 'Babs', middleName: 'Jane' },
  })
})

test('RFC 7644 §3.5.2.1: adding e-mail and nickName without a path appends the one and sets the other', () => {
  const value = { emails: [{ value: 'babs@jensen.org', type: 'other' }], nickname: 'Babs' }
  expect(changes([{ op: 'add', value }])).toEqual({ emails: [work, home, { value: 'babs@jensen.org', type: 'other' }], nickName: 'Babs' })
})

test('R-169: a newcomer that is primary takes that from whoever was', () => {
  const other = { value: 'b@example.net', primary: true }
  expect(changes([add('emails', [other])])).toEqual({ emails: [{ ...work, primary: false }, home, other] })
  expect(changes([replace('emails[type eq "home"].primary', true)])).toEqual({
    emails: [
      { ...work, primary: false },
      { ...home, primary: true },
    ],
  })
})

test('what is primary no more, and then says the same as another, is there once', () => {
  const certificates = [{ primary: false }, { primary: true }]
  const resource = { userName: 'ada', x509Certificates: certificates }
  const after = patch(resource, [{ op: 'add', value: { x509Certificates: [{ type: 'a', primary: true }] } }])
  expect(after['x509Certificates']).toEqual([{ primary: false }, { type: 'a', primary: true }])
})

test('never two are primary, however many a path selects', () => {
  for (const path of ['emails.primary', 'emails[value pr].primary']) {
    const { emails } = patch(barbara, [replace(path, true)])
    expect((emails as readonly JsonObject[]).filter(({ primary }) => primary)).toHaveLength(1)
  }
})

test('R-185, R-186: adding what is there changes nothing, and takes nothing from it', () => {
  expect(patch(barbara, [add('emails', [home])])).toBe(barbara)
  expect(patch(barbara, [add('emails', { value: work.value, type: 'work' })])).toBe(barbara)
  expect(patch(barbara, [add('title', 'Tour Guide')])).toBe(barbara)
  expect(patch(barbara, [add('name', { givenName: 'Barbara' })])).toBe(barbara)
  expect(patch(barbara, [add('emails', [])])).toBe(barbara)
  expect(patch(barbara, [add('emails', null)])).toBe(barbara)
})

test('adding what is there in part tells the rest', () => {
  expect(changes([add('emails', { ...home, display: 'Babs' })])).toEqual({ emails: [work, { ...home, display: 'Babs' }] })
})

test('R-187: add by a filter is merged into the elements that match', () => {
  expect(changes([add('emails[type eq "WORK"].display', 'At work')])).toEqual({ emails: [{ ...work, display: 'At work' }, home] })
  expect(changes([add('emails[type eq "home"]', { display: 'At home' })])).toEqual({ emails: [work, { ...home, display: 'At home' }] })
})

test('R-175: an extension appears with its first attribute and goes with its last', () => {
  const without = patch(barbara, [remove(enterprise)])
  expect(Object.keys(without)).not.toContain(enterprise)
  expect(patch(without, [add(`${enterprise}:employeeNumber`, '701984')])[enterprise]).toEqual({ employeeNumber: '701984' })
  expect(patch(barbara, [remove(`${enterprise}:department`), remove(`${enterprise}:manager.value`)])).toEqual(without)
})

test('R-189, R-190: a remove unassigns', () => {
  expect(changes([remove('title')])).toEqual({ title: null })
  expect(changes([remove('name.givenName')])).toEqual({ name: { familyName: 'Jensen' } })
  expect(changes([remove('name.givenName'), remove('name.familyName')])).toEqual({ name: null })
  expect(changes([remove('emails')])).toEqual({ emails: null })
})

test('R-191, R-192: only the elements that match are removed, and with the last one the attribute', () => {
  expect(changes([remove('emails[type eq "work" and value ew "example.com"]')])).toEqual({ emails: [home] })
  expect(changes([remove('emails[type eq "home"]'), remove('emails[type eq "work"]')])).toEqual({ emails: null })
})

test('R-193: a part is removed, the element stays', () => {
  expect(changes([remove('emails[type eq "work"].primary')])).toEqual({ emails: [{ value: work.value, type: 'work' }, home] })
})

test('R-195: removing what is not there changes nothing', () => {
  expect(patch(barbara, [remove('nickName'), remove('emails[type eq "x"]'), remove('emails[type eq "work"].display'), remove('ims')])).toBe(
    barbara,
  )
})

test('R-51, R-197: a replace sets what is absent, and null unassigns', () => {
  expect(changes([replace('nickName', 'Babs')])).toEqual({ nickName: 'Babs' })
  expect(changes([replace('title', null)])).toEqual({ title: null })
  expect(changes([add('title', null)])).toEqual({ title: null })
  expect(changes([replace('name', null)])).toEqual({ name: null })
  expect(changes([replace('name.givenName', null)])).toEqual({ name: { familyName: 'Jensen' } })
  expect(changes([replace('name', { givenName: null })])).toEqual({ name: { familyName: 'Jensen' } })
  expect(changes([replace('emails', null)])).toEqual({ emails: null })
})

test('R-198: a list is replaced as a whole, and an empty one unassigns', () => {
  expect(changes([replace('emails', [home])])).toEqual({ emails: [home] })
  expect(changes([replace('emails', [])])).toEqual({ emails: null })
})

test('R-199, P-7: of a complex value the named parts change', () => {
  expect(changes([replace('name', { givenName: 'Babs' })])).toEqual({ name: { familyName: 'Jensen', givenName: 'Babs' } })
  expect(changes([{ op: 'replace', value: { name: { givenName: 'Babs' }, title: 'x' } }])).toEqual({
    name: { familyName: 'Jensen', givenName: 'Babs' },
    title: 'x',
  })
})

test('R-200: every element that matches is replaced, RFC 7644 §3.5.2.3', () => {
  const address = { type: 'work', streetAddress: '911 Universal City Plaza' }
  expect(changes([replace('addresses[type eq "work"]', address)])).toEqual({ addresses: [address, (barbara['addresses'] as Json[])[1]] })
  expect(changes([replace('addresses[locality eq "Hollywood"]', address)])).toEqual({ addresses: [address] })
})

test('R-201: a part is replaced in every element that matches', () => {
  expect(changes([replace('addresses[type eq "work"].streetAddress', '1010 Broadway Ave')])).toEqual({
    addresses: [{ type: 'work', streetAddress: '1010 Broadway Ave', locality: 'Hollywood' }, (barbara['addresses'] as Json[])[1]],
  })
})

test('R-50: what a change has made equal is there once, and stays primary', () => {
  expect(changes([replace('emails.value', 'x@example.com'), replace('emails.type', 'work')])).toEqual({
    emails: [{ value: 'x@example.com', type: 'work', primary: true }],
  })
})

test('RFC 7643 §2.4: addresses have no value, and so any part that a change makes equal makes them one', () => {
  const [first, second] = [{ locality: 'Hollywood' }, { locality: 'Burbank' }]
  const resource = { userName: 'ada', addresses: [first, second], x509Certificates: [{ display: 'a' }, { display: 'b', primary: true }] }
  expect(patch(resource, [replace('addresses.locality', 'Burbank')])['addresses']).toEqual([second])
  expect(patch(resource, [replace('addresses[locality eq "Hollywood"].locality', 'Burbank')])['addresses']).toEqual([second])
  expect(
    patch(resource, [replace('x509Certificates.primary', true), replace('x509Certificates.display', 'c')])['x509Certificates'],
  ).toEqual([
    { display: 'c', primary: false },
    { display: 'c', primary: true },
  ])
})

test('R-50: elements that one change makes equal and primary are one, and it is primary', () => {
  const after = patch(barbara, [add('emails[value pr]', { value: 'b@example.net', type: 'work', primary: true })])
  expect(after['emails']).toEqual([{ value: 'b@example.net', type: 'work', primary: true }])
})

test('R-202: a filter that matches nothing is 400 noTarget, and nothing is changed', () => {
  const operations = [replace('title', 'x'), replace('emails[type eq "other"].value', 'x')]
  expect(() => patch(barbara, operations)).toThrow(new ScimError(400, 'noTarget', 'No element of emails matches the filter in the path.'))
  expect(() => patch(barbara, [add('ims[type eq "xmpp"].value', 'x')])).toThrow(ScimError)
})

test('P-5: where it is asked for, the element is made from what the filter says it equals', () => {
  const other = { type: 'other', value: 'x@example.net' }
  expect(changes([replace('emails[type eq "other"].value', 'x@example.net')], 'create')).toEqual({ emails: [work, home, other] })
  expect(changes([replace('emails[type eq "other"]', { value: 'x@example.net' })], 'create')).toEqual({ emails: [work, home, other] })
  expect(changes([add('ims[type eq "xmpp" and primary eq true].value', 'x')], 'create')).toEqual({
    ims: [{ type: 'xmpp', primary: true, value: 'x' }],
  })
  expect(patch(barbara, [replace('emails[type eq "other"].value', null)], 'create')).toBe(barbara)
})

test.each([
  'emails[type ne "work" and type ne "home"].value',
  'emails[type eq "a" or type eq "b"].value',
  'emails[not (value pr)].value',
  'emails[value co "nobody"].display',
])('P-5: no element can be made from %s', (path) => {
  expect(() => patch(barbara, [replace(path, 'x@example.net')], 'create')).toThrow(ScimError)
})

test('a dotted path sets a part of every element, or of the first', () => {
  expect(changes([replace('emails.display', 'x')])).toEqual({
    emails: [
      { ...work, display: 'x' },
      { ...home, display: 'x' },
    ],
  })
  expect(changes([replace('phoneNumbers.value', '+1')])).toEqual({ phoneNumbers: [{ value: '+1' }] })
})

test('R-165: operations see what those before them did', () => {
  expect(changes([add('ims', { type: 'xmpp', value: 'x' }), replace('ims[type eq "xmpp"].value', 'y')])).toEqual({
    ims: [{ type: 'xmpp', value: 'y' }],
  })
})

/** RFC 7644 §3.5.2 on plain JSON, for the two shapes of attribute: a model without schemas, filters or sharing. */
type Model = { title?: string; name: { [part: string]: string }; emails: { type: string; value: string; display?: string }[] }

const word = fc.constantFrom('a', 'b', 'c')
const kinds = fc.constantFrom('work', 'home', 'other')
const element = fc.record({ type: kinds, value: word })
const part = fc.constantFrom('givenName', 'familyName')

interface Step {
  readonly sent: Sent
  model(user: Model): void
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ op: fc.constantFrom('add' as const, 'replace' as const), value: fc.option(word, { nil: null }) }).map(
    ({ op, value }): Step => ({
      sent: { op, path: 'title', value },
      model: (user) => {
        if (value === null) delete user.title
        else user.title = value
      },
    }),
  ),
  fc.constant<Step>({
    sent: remove('title'),
    model: (user) => {
      delete user.title
    },
  }),
  fc.record({ part, value: word }).map(
    ({ part: name, value }): Step => ({
      sent: add('name', { [name]: value }),
      model: (user) => {
        user.name[name] = value
      },
    }),
  ),
  part.map(
    (name): Step => ({
      sent: remove(`name.${name}`),
      model: (user) => {
        delete user.name[name]
      },
    }),
  ),
  element.map(
    (one): Step => ({
      sent: add('emails', [one]),
      model: (user) => {
        if (!user.emails.some(({ type, value }) => type === one.type && value === one.value)) user.emails.push({ ...one })
      },
    }),
  ),
  fc.uniqueArray(element, { maxLength: 3, selector: ({ type, value }) => `${type} ${value}` }).map(
    (list): Step => ({
      sent: replace('emails', list),
      model: (user) => {
        user.emails = list.map((one) => ({ ...one }))
      },
    }),
  ),
  kinds.map(
    (type): Step => ({
      sent: remove(`emails[type eq "${type}"]`),
      model: (user) => {
        user.emails = user.emails.filter((one) => one.type !== type)
      },
    }),
  ),
  fc.record({ type: kinds, value: word }).map(
    ({ type, value }): Step => ({
      sent: replace(`emails[type eq "${type}"].display`, value),
      model: (user) => {
        for (const one of user.emails) if (one.type === type) one.display = value
        if (!user.emails.some((one) => one.type === type)) user.emails.push({ type, value: '', display: value })
      },
    }),
  ),
  fc.record({ type: kinds, value: word }).map(
    ({ type, value }): Step => ({
      sent: remove(`emails[type eq "${type}" and not (value ne "${value}")]`),
      model: (user) => {
        user.emails = user.emails.filter((one) => one.type !== type || one.value !== value)
      },
    }),
  ),
)

/** The model's form of a resource; an element made by P-5 has no value. */
function modelOf(resource: Resource): Model {
  const emails = ((resource['emails'] ?? []) as readonly Model['emails'][number][]).map((one) => ({ ...one, value: one.value ?? '' }))
  const name = { ...(resource['name'] as Model['name'] | undefined) }
  return { ...(resource['title'] === undefined ? {} : { title: String(resource['title']) }), name, emails }
}

test('any list of operations does what it does to a plain model, and changes nothing that it was given', () =>
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 12 }), (list) => {
      const model: Model = { name: {}, emails: [] }
      let resource: Resource = deepFrozen({ userName: 'x' })
      for (const { sent, model: change } of list) {
        const before = structuredClone(model)
        change(model)
        const after = deepFrozen(patch(resource, [sent], 'create'))
        expect(modelOf(after)).toEqual(model)
        // The very same resource if and only if nothing was changed: callers write nothing then.
        expect(after === resource).toBe(JSON.stringify(sorted(before)) === JSON.stringify(sorted(model)))
        resource = after
      }
    }),
    { numRuns: 2_000 },
  ))

test('the same operation twice is the same as once', () =>
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 8 }), steps, (list, { sent }) => {
      const once = patch(
        patch(
          barbara,
          list.map((step) => step.sent),
          'create',
        ),
        [sent],
        'create',
      )
      expect(patch(once, [sent], 'create')).toBe(once)
    }),
    { numRuns: 1_000 },
  ))

function sorted(model: Model): Json {
  return [
    model.title ?? null,
    Object.entries(model.name).sort(),
    model.emails.map(({ type, value, display = null }) => [type, value, display]),
  ]
}

function deepFrozen<Value extends Json>(value: Value): Value {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) deepFrozen(inner)
  return Object.freeze(value)
}
