declare const brand: unique symbol

/** A UUID that names one thing of one kind. Minted where it enters (a request, a row, the generator), nowhere else. */
type Id<Kind extends string> = string & { readonly [brand]: Kind }

export type OrganizationId = Id<'organization'>
export type UserId = Id<'user'>
export type GroupId = Id<'group'>
export type ScimTokenId = Id<'scim-token'>
export type ApiTokenId = Id<'api-token'>
export type ConnectionId = Id<'connection'>
export type SessionId = Id<'session'>

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text has the form of our ids. Anything else names nothing, and need not be looked up. */
export function isId(text: string): boolean {
  return uuid.test(text)
}

export const organizationId = (text: string): OrganizationId => mint(text)
export const userId = (text: string): UserId => mint(text)
export const groupId = (text: string): GroupId => mint(text)
export const scimTokenId = (text: string): ScimTokenId => mint(text)
export const apiTokenId = (text: string): ApiTokenId => mint(text)
export const connectionId = (text: string): ConnectionId => mint(text)
export const sessionId = (text: string): SessionId => mint(text)

function mint<Kind extends string>(text: string): Id<Kind> {
  if (!isId(text)) throw new TypeError('An id is a UUID.')
  return text.toLowerCase() as Id<Kind>
}
