import type {
  Addresses as AddressesValue,
  Letters as LettersPort,
  Mailer as MailerPort,
  OrganizationRegister as OrganizationRegisterPort,
  OwnerLinkCredentials as OwnerLinkCredentialsPort,
  Randomness as RandomnessPort,
  ScimCredentials as ScimCredentialsPort,
  Seals as SealsPort,
  SecretDigests as SecretDigestsPort,
  SessionCredentials as SessionCredentialsPort,
  SingleSignOn as SingleSignOnPort,
  SsoRegister as SsoRegisterPort,
  Storage as StoragePort,
  Verification as VerificationPort,
} from '@latchkey/application'
import type { Database as DatabaseValue } from '@latchkey/adapter-knex'
import type { ServiceIdentifier } from 'inversify'
import type { Configuration as ConfigurationValue } from './configuration.ts'

// The cast is what carries the type: a bare symbol would resolve to `unknown`.
const token = <T>(name: string) => Symbol(name) as ServiceIdentifier<T>

export const Configuration = token<ConfigurationValue>('Configuration')
export const Addresses = token<AddressesValue>('Addresses')
export const Database = token<DatabaseValue>('Database')
export const Storage = token<StoragePort>('Storage')
export const OrganizationRegister = token<OrganizationRegisterPort>('OrganizationRegister')
export const SsoRegister = token<SsoRegisterPort>('SsoRegister')
export const SingleSignOn = token<SingleSignOnPort>('SingleSignOn')
export const SessionCredentials = token<SessionCredentialsPort>('SessionCredentials')
export const OwnerLinkCredentials = token<OwnerLinkCredentialsPort>('OwnerLinkCredentials')
export const Verification = token<VerificationPort>('Verification')
export const ScimCredentials = token<ScimCredentialsPort>('ScimCredentials')
export const SecretDigests = token<SecretDigestsPort>('SecretDigests')
export const Seals = token<SealsPort>('Seals')
export const Randomness = token<RandomnessPort>('Randomness')
export const Letters = token<LettersPort>('Letters')
export const Mailer = token<MailerPort>('Mailer')
