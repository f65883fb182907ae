import { accountSchema } from './account.ts'
import { enterpriseUserSchema } from './enterprise-user.ts'
import { groupSchema } from './group.ts'
import type { ResourceType, Schema } from './schema.ts'
import { userSchema } from './user.ts'

export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'User Account',
  schema: userSchema,
  extensions: [
    { schema: enterpriseUserSchema, required: false },
    { schema: accountSchema, required: false },
  ],
}

export const groupType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'Group',
  schema: groupSchema,
  extensions: [],
}

export const resourceTypes: readonly ResourceType[] = [userType, groupType]

export const schemas: readonly Schema[] = [userSchema, enterpriseUserSchema, accountSchema, groupSchema]
