/** The peer: scimmy and scimmy-routers on Express, with the in-memory store of their documentation. Nothing outlives the process. */
import express from 'express'
import type { AddressInfo } from 'node:net'
import SCIMMY from 'scimmy'
import SCIMMYRouters from 'scimmy-routers'
import { groupBody, groupId, groups, userBody, userId } from './directory.ts'

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
for (const { number, size } of Object.values(groups)) {
  if (size <= usersCount)
    groupStore.put(
      groupId(number),
      groupBody(
        number,
        Array.from({ length: size }, (_, index) => index),
      ),
    )
}

SCIMMY.Resources.declare(SCIMMY.Resources.User).ingress(users.ingress).egress(users.egress).degress(users.degress)
SCIMMY.Resources.declare(SCIMMY.Resources.Group).ingress(groupStore.ingress).egress(groupStore.egress).degress(groupStore.degress)

const app = express()
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
