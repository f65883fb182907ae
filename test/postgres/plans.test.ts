import type { Selection } from '@latchkey/application'
import { parseFilter, resolveFilter, resourceTypes } from '@latchkey/scim'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type FilledDirectory, filledDirectory } from './directory.ts'

let directory: FilledDirectory

beforeAll(async () => {
  directory = await filledDirectory()
  await directory.addUsers(20_000)
})
afterAll(() => directory.close())

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Join Filter'?: string
  readonly Plans?: readonly PlanNode[]
}

/** Every node of a plan. */
function nodes(plan: PlanNode): readonly PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)]
}

/** The plans of the statements with which storage looks resources up: of the page, and where it is no single one, of their number. As PostgreSQL makes them for this organisation. */
async function plansOf(type: 'User' | 'Group', filter: string, of = directory): Promise<readonly (readonly PlanNode[])[]> {
  const resourceType = resourceTypes.find(({ name }) => name === type)!
  const selection: Selection = { type, filter: resolveFilter(resourceType, parseFilter(filter, { lengthMax: 1_000 })), sortBy: null }
  const statements = await of.statementsOf(() =>
    of.storage.read(of.organization, ({ directory: store }) =>
      store.list({
        selections: [selection],
        descending: false,
        page: { kind: 'offset', offset: 0, limit: 100 },
        wants: { groups: true, members: true },
      }),
    ),
  )
  const seen = statements.filter(({ text }) => /from (users|groups)\b/.test(text))
  return Promise.all(
    seen.map(async ({ text: sent, values }) => {
      const text = sent.replaceAll(/\$\d+/g, '?')
      const [row] = await of.inside<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(`explain (format json) ${text}`, values)
      return nodes(row!['QUERY PLAN'][0]!.Plan)
    }),
  )
}

const large = new Set(['users', 'user_emails', 'groups', 'memberships'])

test.each([
  ['User', 'userName eq "User17"', 1],
  ['User', 'externalId eq "ext17"', 1],
  ['User', 'emails.value eq "user17@acme.example"', 1],
  ['User', 'emails eq "USER17@acme.example"', 1],
  ['User', 'emails[type eq "work" and value eq "user17@acme.example"]', 2],
  ['User', 'emails[type eq "work"].value eq "user17@acme.example"', 2],
  ['User', 'userName eq "user17" and active eq true', 2],
  ['User', 'id eq "6f8a1c1e-0000-4000-8000-000000000000"', 1],
  ['Group', 'displayName eq "GROUP17"', 1],
  ['Group', 'externalId eq "gext17"', 1],
] as const)('looking up %s by %s scans indexes only, in %d statements', async (type, filter, statements) => {
  const plans = await plansOf(type, filter)
  expect(plans).toHaveLength(statements)
  for (const plan of plans) {
    expect(plan.filter((node) => node['Node Type'] === 'Seq Scan' && large.has(node['Relation Name'] ?? ''))).toEqual([])
  }
})

test('looking for people by part of a name or address opens the document of nobody for their addresses, and reads the addresses once', async () => {
  const plan = (await plansOf('User', 'userName co "ser17" or displayName co "ser17" or emails.value co "ser17"')).flat()
  expect(plan.filter((node) => node['Node Type'] === 'Function Scan')).toEqual([])
  const ofAddresses = plan.filter((node) => node['Relation Name'] === 'user_emails')
  // Once for the page and once for the count; a condition on each user would be asked through the index of both.
  expect(ofAddresses).toHaveLength(2)
  expect(ofAddresses.some((node) => JSON.stringify(node).includes('user_id = users.id'))).toBe(false)
})

test('a filter that no index serves is seen to scan, so this test can tell', async () => {
  const plans = await plansOf('User', 'title co "x"')
  expect(plans.flat().map((node) => node['Node Type'])).toContain('Seq Scan')
})

test.each(['User', 'Group'] as const)('before the first statistics, what is on a page of %ss is found by its key', async (type) => {
  const fresh = await filledDirectory()
  onTestFinished(() => fresh.close())
  await fresh.addUsers(600, { analyzes: false })
  const plan = (await plansOf(type, type === 'User' ? 'userType pr or active eq true' : 'displayName pr', fresh)).flat()
  expect(plan.length).toBeGreaterThan(5)
  expect(plan.filter((node) => node['Join Filter'] !== undefined)).toEqual([])
})
