import fc from 'fast-check'
import { describe, test } from 'vitest'
import { openMemory } from '../contracts/open-memory.ts'
import { openPostgres } from '../contracts/open-postgres.ts'
import type { StorageUnderTest } from '../contracts/storage.contract.ts'
import { type Model, type World, commands } from './directory-commands.ts'
import { groupBody, userBody } from './directory-dialects.ts'
import { type OrganizationModel, createGathering, createPerson, noFacts } from './directory-model.ts'
import { type OrganizationWorld, organizationWorld } from './directory-world.ts'

/**
 * Whole histories of two organisations, one whose provider is read tolerantly and one whose provider is read to the letter, against a model
 * that knows neither storage nor protocol: invariants 1 to 8 and 10 to 15.
 */
describe.each([
  { name: 'in memory', open: () => openMemory(), numRuns: 200, maxCommands: 60 },
  { name: 'on PostgreSQL', open: openPostgres, numRuns: 15, maxCommands: 60 },
])('invariants 1 to 8 and 10 to 15, $name', ({ open, numRuns, maxCommands }) => {
  test('whatever providers, and the people themselves, do in whatever order: the directory is what was said', async () => {
    const opened = await open()
    try {
      await fc.assert(
        fc.asyncProperty(fc.commands(commands, { maxCommands, size: 'max' }), (history) => fc.asyncModelRun(() => begin(opened), history)),
        { numRuns },
      )
    } finally {
      await opened.close()
    }
  }, 180_000)
})

/** Every history begins with a few people and a group, so that there is somebody to talk about. */
async function begin(opened: StorageUnderTest): Promise<{ model: Model; real: World }> {
  const worlds = [await organizationWorld(opened, 'tolerant'), await organizationWorld(opened, 'strict')] as const
  const models = [await modelOf(worlds[0]), await modelOf(worlds[1])] as const
  const userIds = models.flatMap(({ people }) => [...people.keys()])
  const groupIds = models.flatMap(({ gatherings }) => [...gatherings.keys()])
  return { model: { organizations: models, userIds, groupIds }, real: { organizations: worlds, seen: new Map() } }
}

async function modelOf(world: OrganizationWorld): Promise<OrganizationModel> {
  const { caller, ownerId, localMemberId, localGroupId } = world
  const local = {
    externalId: null,
    active: true,
    managedBy: 'local',
    isLinked: false,
    hasKey: false,
    isMailQueued: false,
    facts: noFacts,
    version: 1,
  } as const
  const model: OrganizationModel = {
    mode: caller.mode,
    people: new Map([
      [ownerId, { ...local, id: ownerId, userName: 'owner', isOwner: true }],
      [localMemberId, { ...local, id: localMemberId, userName: 'local', isOwner: false }],
    ]),
    gatherings: new Map([
      [localGroupId, { id: localGroupId, displayName: 'Local', externalId: null, managedBy: 'local', members: new Set(), version: 1 }],
    ]),
    events: 0,
    mails: [],
  }
  for (const userName of ['ada', 'grace@example.com', 'jean']) {
    const body = { userName, externalId: null, active: null, facts: noFacts }
    const { view } = await world.createUser(userBody(body))
    if (view) createPerson(model, view.record.user.id, body)
  }
  const staff = { displayName: 'Staff', externalId: null }
  const members = [...model.people.values()].flatMap(({ id, managedBy }) => (managedBy === 'scim' ? [id] : []))
  const { view } = await world.createGroup(groupBody(staff, members))
  if (view) createGathering(model, view.record.group.id, staff, members)
  return model
}
