/** The peer: scimmy and scimmy-routers on Express, with the in-memory store of their documentation. Nothing outlives the process. */
import express from 'express'
import type { AddressInfo } from 'node:net'
import SCIMMY from 'scimmy'
import SCIMMYRouters from 'scimmy-routers'
import { firstMember, groupBody, groupId, groups, numbersOf, userBody, userId, usersFor } from './directory.ts'

const token = process.env['PEER_TOKEN'] ?? ''
const usersCount = Number(process.env['PEER_USERS'])

interface Named {
  readonly id?: string
  readonly filter?: { match(values: object[]): object[] }
}

let made = 0

/** What scimmy's own documentation shows: a map, and every filter asked of every value in it. */
function store<Resource extends object>() {
  const rows = new Map<string, Resource>()
  const put = (id: string, data: object) => {
    const row: Resource = { ...(data as Resource), id, meta: { created: new Date(), lastModified: new Date() } }
    rows.set(id, row)
    return row
  }
  return {
    put,
    removeMade: () => {
      for (const id of rows.keys()) if (id.startsWith('made-')) rows.delete(id)
    },
    ingress: (resource: Named, data: object): Resource => {
      made += 1
      return put(resource.id ?? `made-${made}`, JSON.parse(JSON.stringify(data)))
    },
    egress: (resource: Named): Resource | Resource[] => {
      if (resource.id) return rows.get(resource.id) ?? notFound(resource.id)
      const all = [...rows.values()]
      return resource.filter ? (resource.filter.match(all) as Resource[]) : all
    },
    degress: (resource: Named): void => {
      rows.delete(resource.id ?? '')
    },
  }
}

function notFound(id: string): never {
  throw new SCIMMY.Types.Error(404, '', `Resource ${id} not found`)
}

const users = store<{ id: string; userName: string }>()
const groupStore = store<{ id: string; displayName: string }>()
for (let number = 0; number < usersCount; number += 1) users.put(userId(number), userBody(number))
for (const size of Object.values(groups).filter((size) => usersFor(size) <= usersCount)) {
  for (const number of numbersOf(size)) {
    const members = Array.from({ length: size.size }, (_, index) => firstMember(size, number) + index)
    groupStore.put(groupId(number), groupBody(number, members))
  }
}

SCIMMY.Config.set('bulk', { supported: true, maxOperations: 1_000, maxPayloadSize: 1_048_576 })
SCIMMY.Resources.declare(SCIMMY.Resources.User).ingress(users.ingress).egress(users.egress).degress(users.degress)
SCIMMY.Resources.declare(SCIMMY.Resources.Group).ingress(groupStore.ingress).egress(groupStore.egress).degress(groupStore.degress)

const app = express()
// Not of SCIM: what was made while something was measured goes, so that the directory keeps its size.
app.post('/remove-made', (_request, response) => {
  users.removeMade()
  response.sendStatus(204)
})
// scimmy-routers makes numbers of `count` and `startIndex` in the query itself. Express 5 reads the query anew each time, and the numbers would be lost.
app.use((request, _response, next) => {
  Object.defineProperty(request, 'query', { value: { ...request.query }, writable: true })
  next()
})
app.use(
  '/',
  new SCIMMYRouters({
    type: 'bearer',
    handler: (request) => {
      if (request.header('Authorization') !== `Bearer ${token}`) throw new Error('Authorization not detected!')
      return 'bench'
    },
  }) as express.Router,
)

const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`peer listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
// Each change of a large group takes it a second, in which it hangs up, unread, on whoever asked while others had their turn.
server.keepAliveTimeout = 0
