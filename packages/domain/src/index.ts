export type { ActivityAction, Asked } from './activity.ts'
export { askedFor, groupChange } from './activity.ts'
export type { ApiToken, ApiTokenRole, CreateApiTokenRefusal } from './api-token.ts'
export { apiTokenExpiry, apiTokenPrefix, apiTokenPublicId, apiTokensUsableMax, formatApiToken } from './api-token.ts'
export { bearerTokenRandomBytes } from './bearer-token.ts'
export type { AuditRecord, BrokenEvent, ChainFault, ChainPosition, SealedRecord, Sha256 } from './audit-chain.ts'
export { chainStart, faultAtHead, followChain, sealRecord } from './audit-chain.ts'
export { canonicalJson } from './canonical-json.ts'
export type { Actor, AuditEvent } from './audit-event.ts'
export { fromBase64url, toBase64url } from './base64url.ts'
export type { CanonicalField } from './canonical-bytes.ts'
export { canonicalBytes, canonicalFields } from './canonical-bytes.ts'
export { canonicalName, canonicalText, isNameable } from './canonical-name.ts'
export type {
  EncryptionKey,
  Fingerprint,
  KeyRegistration,
  KeyResetRequest,
  ProtectedPrivateKeys,
  PublicKeys,
  RegisteredKey,
  RegisterKeyRefusal,
  RequestResetRefusal,
  RewrapRefusal,
} from './encryption-key.ts'
export { cancelReset, noKeyYet, registrationSessionAgeMaxMs, requestReset, resetDelayMs, rewrap } from './encryption-key.ts'
export type { Group } from './group.ts'
export { changeGroupByProvisioning } from './group.ts'
export type { Departure, GroupKeyFacts, GroupKeyState, KeyMember, MembershipStatus, Moved, WaitingBecause } from './group-key.ts'
export { groupKeyState, holdsGroupKey, mayCarryOver, mayGrant, membershipStatus, waitingBecause, waitsForGroupKey } from './group-key.ts'
export type { EpochStatement, GrantApproval, GrantStatement, RosterEntry } from './group-key-statement.ts'
export { readEpochStatement, readGrantStatement, rosterMessage, sealedKeyLength } from './group-key-statement.ts'
export { fromHexadecimal, toHexadecimal } from './hexadecimal.ts'
export type { ApiTokenId, ConnectionId, GroupId, OrganizationId, ScimTokenId, SessionId, UserId } from './ids.ts'
export { apiTokenId, connectionId, groupId, isId, organizationId, scimTokenId, sessionId, userId } from './ids.ts'
export type { Instant } from './instant.ts'
export { dayMs, hourMs, minuteMs, secondMs } from './instant.ts'
export type { KeyLogEntry } from './key-log.ts'
export { keyLogMessage } from './key-log.ts'
export type { KeyStatement } from './key-statement.ts'
export { readKeyStatement, suite } from './key-statement.ts'
export type { Entitlement, Licence, LicenceState, LicenceStatus } from './licence.ts'
export { isEntitled, licenceHint, licenceStatus } from './licence.ts'
export { isMassChange, massChangeWindowMs } from './mass-change.ts'
export type { MembershipChange, MembershipWish } from './membership.ts'
export { membershipChange } from './membership.ts'
export type { Organization } from './organization.ts'
export { isOrganizationName, isSlug } from './organization.ts'
export type { ProtectedKeys } from './protected-keys.ts'
export { derivationProfiles, isBytes, protectedKeysMessage, readProtectedKeys } from './protected-keys.ts'
export type { OrganizationSettings } from './organization-settings.ts'
export { activityRetentionDaysRange, auditRetentionDaysRange, presetSettings, settingsAreInRange } from './organization-settings.ts'
export type { Result } from './result.ts'
export { ok, refuse } from './result.ts'
export type { GrantedRole, Role } from './role.ts'
export { effectiveRole, isAtLeast } from './role.ts'
export type { RoleMapping } from './role-mapping.ts'
export { mapRole } from './role-mapping.ts'
export type { CreateScimTokenRefusal, RotateScimTokenRefusal, ScimToken, ScimTokenMode, ScimTokenState } from './scim-token.ts'
export {
  formatScimToken,
  freezeScimToken,
  isUseWorthNoting,
  revokeScimToken,
  rotateScimToken,
  rotationOverlapHoursMax,
  rotationOverlapHoursPreset,
  scimTokenExpiry,
  scimTokenPrefix,
  scimTokenPublicId,
  scimTokenRandomBytes,
  scimTokenState,
  scimTokensUsableMax,
  scimTokenTtlDaysMax,
  scimTokenTtlDaysPreset,
} from './scim-token.ts'
export type { Session } from './session.ts'
export { freshSignInMs, sessionAgeMaxMs, sessionIdleMaxMs, sessionIsLive, sessionUseIsWorthNoting, signInIsFresh } from './session.ts'
export type { ClaimMatch, ConnectionProblem, SsoConnection, SsoSettings } from './sso-connection.ts'
export { connectionProblem, isSameProvider, newlyTrusts } from './sso-connection.ts'
export type { EmailAddress } from './set-up-address.ts'
export { isAddress, setUpAddress } from './set-up-address.ts'
export type { WarningDays } from './token-expiry-warning.ts'
export { expiryWarningDue } from './token-expiry-warning.ts'
export type { Directory, IdentityLink, User, UserStatus } from './user.ts'
export { isOwner, isScimActive, userStatus } from './user.ts'
export type { LinkRefusal, ProvisioningRefusal, RestoreRefusal } from './user-lifecycle.ts'
export {
  changeByProvisioning,
  deactivate,
  invite,
  letResetTakeEffect,
  mayResendSetUpMail,
  provision,
  reactivate,
  registerEncryptionKey,
  remove,
  restore,
  retentionMs,
  setUpMailIsDue,
  signIn,
  unlink,
} from './user-lifecycle.ts'
export { nextProofAt, ownerWrongProofsMax, wrongProofsMax, wrongProofsWindowMs } from './wrong-proofs.ts'
