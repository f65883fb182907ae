import { expect } from 'vitest'
import { enterpriseSchema, userSchema } from '../../scim-client.ts'
import { type World, expectError, filtered, found, fresh, namesFound, user, row } from './world.ts'

const refused = async (scim: World['scim'], filter: string) => expectError(await filtered(scim, filter), 400, 'invalidFilter')

row(86, async ({ scim }) => {
  expectError(await scim.get('/Users?filter='), 400, 'invalidFilter')
  for (const filter of ['()', 'userName', ' ']) await refused(scim, filter)
})

row(87, async ({ scim }) => {
  const { userName } = await user(scim)
  await user(scim)
  expect(await namesFound(scim, `userName eq "${userName}"`)).toEqual([userName])
})

row(88, async ({ scim }) => {
  const { userName } = await user(scim, { title: 'T' })
  for (const filter of [
    `USERNAME Eq "${userName}"`,
    `userName EQ "${userName}"`,
    `userName eq "${userName}" AND title PR`,
    `userName eq "${userName}" And NOT (title eq "x")`,
    `userName eq "nobody" Or userName eq "${userName}"`,
  ]) {
    expect(await namesFound(scim, filter)).toEqual([userName])
  }
})

row(89, async ({ scim }) => {
  const { userName, externalId } = await user(scim, { externalId: fresh('ABC') })
  expect(await namesFound(scim, `userName eq "${userName.toUpperCase()}"`)).toEqual([userName])
  expect(await namesFound(scim, `externalId eq "${externalId}"`)).toEqual([userName])
  expect(await namesFound(scim, `externalId eq "${externalId.toLowerCase()}"`)).toEqual([])
})

row(90, async ({ scim }) => {
  const stem = fresh()
  const without = await user(scim, { userName: `${stem}a` })
  const other = await user(scim, { userName: `${stem}b`, title: 'Dean' })
  await user(scim, { userName: `${stem}c`, title: 'Chair' })
  expect((await namesFound(scim, `userName sw "${stem}" and title ne "chair"`)).sort()).toEqual([without.userName, other.userName])
})

row(91, async ({ scim }) => {
  const stem = fresh()
  const nickName = `50%_off\\${stem}`
  await user(scim, { userName: stem, nickName })
  await user(scim, { nickName: `50xyoffz${stem}` })
  const json = (text: string) => JSON.stringify(text)
  for (const filter of [
    `nickName co ${json(`%_off\\${stem}`)}`,
    `nickName sw ${json('50%_')} and nickName ew ${json(stem)}`,
    `nickName ew ${json(`_off\\${stem}`)}`,
    ...['co', 'sw', 'ew'].map((operator) => `nickName ${operator} ${json(nickName)}`),
  ]) {
    expect(await namesFound(scim, filter)).toEqual([stem])
  }
})

row(92, async ({ scim }) => {
  const stem = fresh()
  await user(scim, { userName: `${stem}1` })
  await user(scim, { userName: `${stem}2`, title: null, name: {} })
  await user(scim, { userName: `${stem}3`, title: '', name: { givenName: '' } })
  await user(scim, { userName: `${stem}4`, title: 'T', name: { givenName: 'G' } })
  for (const filter of ['title pr', 'name pr', 'name.givenName pr']) {
    expect(await namesFound(scim, `userName sw "${stem}" and ${filter}`)).toEqual([`${stem}4`])
  }
})

row(93, async ({ scim }) => {
  const stem = fresh()
  for (const title of ['a', 'b', 'c']) await user(scim, { userName: `${stem}${title}`, title })
  const matching = async (filter: string) =>
    (await namesFound(scim, `userName sw "${stem}" and ${filter}`)).map((name) => name.at(-1)).sort()
  expect(await matching('title gt "b"')).toEqual(['c'])
  expect(await matching('title ge "b"')).toEqual(['b', 'c'])
  expect(await matching('title lt "b"')).toEqual(['a'])
  expect(await matching('title le "B"')).toEqual(['a', 'b'])
})

row(94, async ({ scim }) => {
  const { userName, meta } = await user(scim)
  const shifted = (minutes: number, offset: string) => {
    const local = new Date(Date.parse(meta.lastModified) + minutes * 60_000).toISOString().replace('Z', offset)
    return `userName eq "${userName}" and meta.lastModified`.concat(` ge "${local}"`)
  }
  expect(await namesFound(scim, shifted(120, '+02:00'))).toEqual([userName])
  expect(await namesFound(scim, shifted(121, '+02:00'))).toEqual([])
  expect(await namesFound(scim, shifted(-301, '-05:00'))).toEqual([userName])
  expect(await namesFound(scim, `userName eq "${userName}" and meta.lastModified eq "${meta.lastModified.replace('Z', '000Z')}"`)).toEqual([
    userName,
  ])
  expect(await namesFound(scim, `userName eq "${userName}" and meta.created ge "2026-01-01T00:00:00Z"`)).toEqual([userName])
})

row(95, async ({ strict }) => {
  for (const filter of ['title gt 5', 'userName ge 1', 'meta.created gt 5']) await refused(strict, filter)
})

row(96, async ({ scim }) => {
  for (const filter of ['active gt false', 'active le true', 'x509Certificates.value gt "TWFu"', 'emails[primary lt true]'])
    await refused(scim, filter)
})

row(97, async ({ scim, strict }) => {
  const { userName } = await user(scim)
  expect(await namesFound(scim, `active eq true and userName eq "${userName}"`)).toEqual([userName])
  expect(await namesFound(scim, `active eq "true" and userName eq "${userName}"`)).toEqual([userName])
  await refused(strict, 'active eq "true"')
})

row(98, async ({ scim }) => {
  const stem = fresh()
  await user(scim, { userName: `${stem}1` })
  await user(scim, { userName: `${stem}2`, title: 'T' })
  expect(await namesFound(scim, `userName sw "${stem}" and title eq null`)).toEqual([`${stem}1`])
  expect(await namesFound(scim, `userName sw "${stem}" and title ne null`)).toEqual([`${stem}2`])
})

row(99, async ({ scim }) => {
  const [a, b] = [await user(scim, { title: 'T' }), await user(scim, { title: 'T' })]
  const filter = `userName eq "${a.userName}" or userName eq "${b.userName}" and title eq "x"`
  expect(await namesFound(scim, filter)).toEqual([a.userName])
})

row(100, async ({ scim }) => {
  const { userName } = await user(scim, { title: 'T' })
  for (const not of ['not (', 'not(', 'NOT  (']) {
    expect(await namesFound(scim, `${not}title eq "x") and userName eq "${userName}"`)).toEqual([userName])
    expect(await namesFound(scim, `${not}title eq "t") and userName eq "${userName}"`)).toEqual([])
  }
})

row(101, async ({ scim }) => {
  const [a, b] = [await user(scim, { title: 'T' }), await user(scim)]
  const either = `(userName eq "${a.userName}" or userName eq "${b.userName}")`
  expect(await namesFound(scim, `${either} and title pr`)).toEqual([a.userName])
  expect(await namesFound(scim, `${'('.repeat(20)}userName eq "${a.userName}"${')'.repeat(20)}`)).toEqual([a.userName])
  await refused(scim, `${'('.repeat(1_000)}userName pr${')'.repeat(1_000)}`)
})

row(102, async ({ scim }) => {
  const stem = fresh()
  const { userName } = await user(scim, { emails: [{ value: 'a@a.com' }, { value: `b@${stem}.com` }] })
  expect(await namesFound(scim, `emails.value co "${stem}"`)).toEqual([userName])
})

for (const [number, matches] of [
  [103, false],
  [104, true],
] as const) {
  row(number, async ({ scim }) => {
    const stem = fresh()
    const emails = [
      { type: 'work', value: 'a@b.com' },
      { type: 'home', value: `a@${stem}` },
    ]
    const { userName } = await user(scim, { emails })
    const filter = matches ? `emails.type eq "work" and emails.value co "@${stem}"` : `emails[type eq "work" and value co "@${stem}"]`
    expect(await namesFound(scim, filter)).toEqual(matches ? [userName] : [])
    expect(await namesFound(scim, `emails[type eq "home" and value co "@${stem}"]`)).toEqual([userName])
  })
}

row(105, async ({ scim }) => {
  const value = `${fresh()}@a.com`
  const { userName } = await user(scim, { emails: [{ value }] })
  expect(await namesFound(scim, `emails eq "${value}"`)).toEqual([userName])
  expect(await namesFound(scim, `emails co "${value.slice(2, -4)}"`)).toEqual([userName])
  await refused(scim, 'addresses co "x"')
})

row(106, async ({ scim }) => {
  await refused(scim, 'name eq "x"')
})

row(107, async ({ scim }) => {
  const { userName } = await user(scim)
  for (const urn of [userSchema, userSchema.toUpperCase()])
    expect(await namesFound(scim, `${urn}:userName eq "${userName}"`)).toEqual([userName])
})

row(108, async ({ scim }) => {
  const manager = await user(scim)
  const department = fresh('X')
  const { userName } = await user(scim, { [enterpriseSchema]: { department, manager: { value: manager.id } } })
  expect(await namesFound(scim, `${enterpriseSchema}:department eq "${department}"`)).toEqual([userName])
  expect(await namesFound(scim, `${enterpriseSchema}:manager.value eq "${manager.id}"`)).toEqual([userName])
})

row(109, async ({ scim }) => {
  const department = fresh()
  const { userName } = await user(scim, { [enterpriseSchema]: { department } })
  const plain = await user(scim)
  const names = await namesFound(scim, `schemas eq "${enterpriseSchema}"`, '&count=500')
  expect(names).toContain(userName)
  expect(names).not.toContain(plain.userName)
})

row(110, async ({ scim }) => {
  const answer = await filtered(scim, 'userName regex "x"')
  expectError(answer, 400, 'invalidFilter')
  expect(answer.body.detail).toContain('regex')
})

row(111, async ({ scim }) => {
  for (const filter of ['nosuch eq "x"', 'name.nosuch eq "x"', 'emails[nosuch eq "x"]', 'urn:x:nosuch pr']) await refused(scim, filter)
})

row(112, async ({ scim }) => {
  const stem = fresh()
  const nickName = `"quoted" \\ é / 😀 ${stem}`
  const { userName } = await user(scim, { nickName })
  expect(await namesFound(scim, `nickName eq ${JSON.stringify(nickName)}`)).toEqual([userName])
  expect(await namesFound(scim, `nickName eq "\\"quoted\\" \\\\ \\u00e9 \\/ \\ud83d\\ude00 ${stem}"`)).toEqual([userName])
})

row(113, async ({ scim }) => {
  for (const filter of [
    'userName eq "x',
    'userName pr and',
    'emails[type eq "x"',
    'userName eq eq "x"',
    'userName eq "a\u0000"',
    '(userName pr',
    'userName pr)',
    '\u0000',
  ]) {
    await refused(scim, filter)
  }
})

row(114, async ({ strict }) => {
  for (const number of ['1', '-1', '1.5', '1e3']) {
    const answer = await filtered(strict, `title eq ${number}`)
    expectError(answer, 400, 'invalidFilter')
    expect(answer.body.detail).toMatch(/title/)
  }
  for (const number of ['01', '1.', '+1', '.5', '0x1']) await refused(strict, `title eq ${number}`)
})

row(115, async ({ scim }) => {
  const made = await user(scim)
  expect(made.active).toBe(true)
  expect(await namesFound(scim, `active eq true and id eq "${made.id}"`)).toEqual([made.userName])
})

row(116, async ({ scim }) => {
  await user(scim, { password: 'horse' })
  for (const operator of ['eq', 'co', 'sw', 'ew', 'gt']) await refused(scim, `password ${operator} "h"`)
  await refused(scim, 'password pr')
})

row(117, async ({ scim }) => {
  expect(await found(scim, `userName eq "'; drop table users;--"`)).toEqual([])
  expect((await scim.get('/Users?count=1')).status).toBe(200)
  await refused(scim, `userName eq "${'x'.repeat(10_000)}"`)
})

row(118, async ({ scim }) => {
  const userName = fresh('bjensen')
  const title = fresh('title')
  const made = await user(scim, {
    userName,
    title,
    userType: 'Employee',
    name: { familyName: "O'Malley" },
    emails: [{ type: 'work', value: `${userName}@example.com` }],
    ims: [{ type: 'xmpp', value: `${userName}@foo.com` }],
  })
  const before = new Date(Date.parse(made.meta.lastModified) - 1).toISOString()
  const figure2 = [
    `userName Eq "${userName}"`,
    `name.familyName co "O'Malley"`,
    `userName sw "${userName.slice(0, -1)}"`,
    `urn:ietf:params:scim:schemas:core:2.0:User:userName sw "${userName.slice(0, -1)}"`,
    'title pr',
    `meta.lastModified gt "${before}"`,
    `meta.lastModified ge "${before}"`,
    'title pr and userType eq "Employee"',
    'title pr or userType eq "Intern"',
    `schemas eq "${userSchema}"`,
    'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
    'userType ne "Intern" and not (emails co "example.org" or emails.value co "example.net")',
    'userType eq "Employee" and (emails.type eq "work")',
    'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
    'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]',
  ]
  for (const filter of figure2) expect(await namesFound(scim, `title eq "${title}" and (${filter})`)).toEqual([userName])
  for (const filter of [`meta.lastModified lt "${before}"`, `meta.lastModified le "${before}"`]) {
    expect(await namesFound(scim, `title eq "${title}" and (${filter})`)).toEqual([])
  }
})
