import fc from 'fast-check'
import { connectionId, scimTokenId, userId } from '@latchkey/domain'

const uuids = fc.uuid()

export const userIds = uuids.map(userId)
export const scimTokenIds = uuids.map(scimTokenId)
export const connectionIds = uuids.map(connectionId)
