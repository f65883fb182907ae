import { type Asked, groupChange, groupId, isId, userId } from '@latchkey/domain'
import { type Json, isArray, isObject } from '@latchkey/scim'
import type { Context } from 'koa'
import { storable } from './redact.ts'

/** A write as it was asked for, before anybody looked whether it makes sense. */
export interface AskedWrite {
  readonly type: 'User' | 'Group'
  readonly kind: 'create' | 'replace' | 'modify' | 'delete'
  readonly id: string | null
  readonly data: Json
}

/** What a request asks for, in words: for requests that failed, of which nothing else tells. */
export function askedBy(ctx: Context, body: Json): Asked {
  const path = ctx.path.replace(/^\/(?:scim\/v2|api\/v1\/scim)/, '')
  const [, resource = '', rest = ''] = /^\/([^/]*)(?:\/(.*?))?\/*$/.exec(path) ?? []
  const type = resource === 'Users' ? 'User' : resource === 'Groups' ? 'Group' : null
  const kind = ({ POST: 'create', PUT: 'replace', PATCH: 'modify', DELETE: 'delete' } as const)[ctx.method]
  if (ctx.method === 'GET' || rest === '.search' || resource === '.search') return readBy(type, rest)
  if (type === null || kind === undefined)
    return { action: 'other', verb: `${ctx.method} ${resource.slice(0, 100)}`, subject: null, name: null }
  return askedByWrite({ type, kind, id: rest === '' ? null : rest, data: body })
}

export function askedByWrite({ type, kind, id, data }: AskedWrite): Asked {
  const subject = id !== null && isId(id) ? (type === 'User' ? userId(id) : groupId(id)) : null
  const named = isObject(data) ? data[type === 'User' ? 'userName' : 'displayName'] : null
  const name = kind !== 'modify' && typeof named === 'string' ? storable(named, 320) : null
  const asked = { subject, name }
  if (type === 'Group') {
    if (kind === 'create') return { ...asked, action: 'create-group', verb: 'create group' }
    if (kind === 'delete') return { ...asked, action: 'delete-group', verb: 'delete group' }
    return { ...asked, action: 'change-group', verb: kind === 'modify' ? groupChangeIn(data) : 'change group' }
  }
  if (kind === 'create') return { ...asked, action: 'create-user', verb: 'create' }
  if (kind === 'delete') return { ...asked, action: 'delete-user', verb: 'delete' }
  const active = activeIn(kind === 'modify' ? data : { Operations: [{ value: data }] })
  if (active === false) return { ...asked, action: 'deactivate-user', verb: 'deactivate' }
  if (active === true && kind === 'modify') return { ...asked, action: 'reactivate-user', verb: 'reactivate' }
  return { ...asked, action: 'change-user', verb: 'change' }
}

function readBy(type: AskedWrite['type'] | null, id: string): Asked {
  const subject = isId(id) ? (type === 'Group' ? groupId(id) : userId(id)) : null
  const verb = subject !== null ? 'read' : type === null ? 'read' : `look up ${type === 'User' ? 'users' : 'groups'}`
  return { action: 'read', verb, subject, name: null }
}

/** Whether operations say `active`, in any provider's way of saying it. */
function activeIn(body: Json): boolean | null {
  for (const operation of operationsOf(body)) {
    const path = typeof operation['path'] === 'string' ? operation['path'].toLowerCase() : null
    const value = operation['value'] ?? null
    const said = path === 'active' ? value : path === null && isObject(value) ? (value['active'] ?? null) : null
    if (typeof said === 'boolean') return said
    if (typeof said === 'string' && /^(?:true|false)$/i.test(said)) return said.toLowerCase() === 'true'
  }
  return null
}

function groupChangeIn(body: Json): string {
  const joined: Json[] = []
  const left: Json[] = []
  const attributes: string[] = []
  for (const operation of operationsOf(body)) {
    const path = typeof operation['path'] === 'string' ? operation['path'] : ''
    const values = isArray(operation['value']) ? operation['value'] : [operation['value'] ?? null]
    const removes = typeof operation['op'] === 'string' && operation['op'].toLowerCase() === 'remove'
    if (/^members/i.test(path)) (removes ? left : joined).push(...values)
    else attributes.push(path === '' ? 'value' : path)
  }
  return groupChange({ attributes, joined, left })
}

function operationsOf(body: Json) {
  return isObject(body) && isArray(body['Operations']) ? body['Operations'].filter(isObject) : []
}
