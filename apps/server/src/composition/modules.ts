import { type SmtpMailer, letters, folderMailer, smtpMailer } from '@latchkey/adapter-email'
import {
  knexOrganizationRegister,
  knexOwnerLinkCredentials,
  knexScimCredentials,
  knexSessionCredentials,
  knexSsoRegister,
  knexStorage,
  openDatabase,
} from '@latchkey/adapter-knex'
import {
  AccountMail,
  AuthenticateScimToken,
  AuthenticateSession,
  ChangeGroup,
  ChangeUser,
  CompleteKeyResets,
  CreateGroup,
  CreateOrganization,
  CreateOwnerLink,
  CreateUser,
  Cursors,
  DeleteGroup,
  DeleteUser,
  DeliverMail,
  DescribeOrganization,
  MailSignInLinks,
  EnableScim,
  ForgetWhatExpired,
  GetAccount,
  GetGroup,
  GetUser,
  KeyChallenges,
  KeyReset,
  Licensing,
  ListDirectory,
  ListUsers,
  Notes,
  OpenOwnerLink,
  OwnerLinks,
  OwnerSignIn,
  ReadKeyLog,
  RegisterEncryptionKey,
  ReplaceProtectedKeys,
  ScimTokens,
  SessionTokens,
  Sessions,
  SignIn,
  SsoConnections,
  SetUpMail,
  Unlock,
  VerifyKeyLog,
  Walks,
  WarnOfTokenExpiry,
  addresses,
} from '@latchkey/application'
import { singleSignOn } from '@latchkey/adapter-sso'
import { ContainerModule } from 'inversify'
import { systemRandomness } from '../system/randomness.ts'
import { seals, secretDigests } from '../system/secrets.ts'
import { verification } from '../system/verification.ts'
import {
  Addresses,
  Configuration,
  Database,
  Letters,
  Mailer,
  OrganizationRegister,
  OwnerLinkCredentials,
  Randomness,
  ScimCredentials,
  Seals,
  SecretDigests,
  SessionCredentials,
  SingleSignOn,
  SsoRegister,
  Storage,
  Verification,
} from './tokens.ts'

export const system = new ContainerModule(({ bind }) => {
  bind(Randomness)
    .toResolvedValue(() => systemRandomness())
    .inSingletonScope()
  bind(Verification)
    .toResolvedValue(() => verification)
    .inSingletonScope()
  bind(Addresses)
    .toResolvedValue(({ publicUrl }) => addresses(publicUrl), [Configuration])
    .inSingletonScope()
  bind(SecretDigests)
    .toResolvedValue(({ secretKey }) => secretDigests(secretKey), [Configuration])
    .inSingletonScope()
  bind(Seals)
    .toResolvedValue(({ secretKey }) => seals(secretKey), [Configuration])
    .inSingletonScope()
})

export const postgres = new ContainerModule(({ bind }) => {
  bind(Database)
    .toResolvedValue(
      ({ databaseUrl, poolMax, log }) =>
        openDatabase({
          url: databaseUrl,
          poolMax,
          onError: ({ name }) => log.error({ error: { name } }, 'an idle database connection broke'),
        }),
      [Configuration],
    )
    .inSingletonScope()
    .onDeactivation((database) => database.close())
  bind(Storage)
    .toResolvedValue((database, { locations }) => knexStorage(database, { locations }), [Database, Addresses])
    .inSingletonScope()
  bind(OrganizationRegister).toResolvedValue(knexOrganizationRegister, [Database]).inSingletonScope()
  bind(ScimCredentials).toResolvedValue(knexScimCredentials, [Database]).inSingletonScope()
  bind(SsoRegister).toResolvedValue(knexSsoRegister, [Database]).inSingletonScope()
  bind(SessionCredentials).toResolvedValue(knexSessionCredentials, [Database]).inSingletonScope()
  bind(OwnerLinkCredentials).toResolvedValue(knexOwnerLinkCredentials, [Database]).inSingletonScope()
})

export const email = new ContainerModule(({ bind }) => {
  bind(Letters)
    .toResolvedValue(() => letters)
    .inSingletonScope()
  bind(Mailer)
    .toResolvedValue(
      ({ mail, mailFrom: from }) =>
        'smtpUrl' in mail ? smtpMailer({ url: mail.smtpUrl, from }) : folderMailer({ folder: mail.folder, from }),
      [Configuration],
    )
    .inSingletonScope()
    // Else connections to the SMTP server that stay open keep the stopped process alive for a minute.
    .onDeactivation((mailer) => (isSmtpMailer(mailer) ? mailer.close() : undefined))
})

export const useCases = new ContainerModule(({ bind }) => {
  bind(SetUpMail)
    .toResolvedValue((letters, addresses) => new SetUpMail({ letters, addresses }), [Letters, Addresses])
    .inSingletonScope()
  bind(Cursors)
    .toResolvedValue((seals) => new Cursors({ seals }), [Seals])
    .inSingletonScope()
  bind(AuthenticateScimToken)
    .toResolvedValue(
      (storage, credentials, digests, entitlements) => new AuthenticateScimToken({ storage, credentials, digests, entitlements }),
      [Storage, ScimCredentials, SecretDigests, Licensing],
    )
    .inSingletonScope()
  bind(CreateUser)
    .toResolvedValue(
      (storage, randomness, setUpMail) => new CreateUser({ storage, randomness, setUpMail }),
      [Storage, Randomness, SetUpMail],
    )
    .inSingletonScope()
  bind(GetUser)
    .toResolvedValue((storage) => new GetUser({ storage }), [Storage])
    .inSingletonScope()
  bind(ChangeUser)
    .toResolvedValue((storage, setUpMail) => new ChangeUser({ storage, setUpMail }), [Storage, SetUpMail])
    .inSingletonScope()
  bind(DeleteUser)
    .toResolvedValue((storage) => new DeleteUser({ storage }), [Storage])
    .inSingletonScope()
  bind(CreateGroup)
    .toResolvedValue((storage, randomness) => new CreateGroup({ storage, randomness }), [Storage, Randomness])
    .inSingletonScope()
  bind(GetGroup)
    .toResolvedValue((storage) => new GetGroup({ storage }), [Storage])
    .inSingletonScope()
  bind(ChangeGroup)
    .toResolvedValue((storage) => new ChangeGroup({ storage }), [Storage])
    .inSingletonScope()
  bind(DeleteGroup)
    .toResolvedValue((storage) => new DeleteGroup({ storage }), [Storage])
    .inSingletonScope()
  bind(ListDirectory)
    .toResolvedValue(
      (storage, cursors) => new ListDirectory({ storage, cursors, walks: new Walks({ elapsedMs: () => performance.now() }) }),
      [Storage, Cursors],
    )
    .inSingletonScope()
  bind(DeliverMail)
    .toResolvedValue((storage, mailer) => new DeliverMail({ storage, mailer }), [Storage, Mailer])
    .inSingletonScope()
  bind(WarnOfTokenExpiry)
    .toResolvedValue(
      (storage, register, letters, addresses) => new WarnOfTokenExpiry({ storage, register, letters, addresses }),
      [Storage, OrganizationRegister, Letters, Addresses],
    )
    .inSingletonScope()
  bind(OwnerLinks)
    .toResolvedValue(
      (randomness, digests, addresses) => new OwnerLinks({ randomness, digests, addresses }),
      [Randomness, SecretDigests, Addresses],
    )
    .inSingletonScope()
  bind(CreateOrganization)
    .toResolvedValue(
      (storage, randomness, ownerLinks) => new CreateOrganization({ storage, randomness, ownerLinks }),
      [Storage, Randomness, OwnerLinks],
    )
    .inSingletonScope()
  bind(CreateOwnerLink)
    .toResolvedValue((storage, ownerLinks) => new CreateOwnerLink({ storage, ownerLinks }), [Storage, OwnerLinks])
    .inSingletonScope()
  bind(EnableScim)
    .toResolvedValue((storage, entitlements) => new EnableScim({ storage, entitlements }), [Storage, Licensing])
    .inSingletonScope()
  bind(ListUsers)
    .toResolvedValue((storage) => new ListUsers({ storage }), [Storage])
    .inSingletonScope()
  bind(ScimTokens)
    .toResolvedValue(
      (storage, randomness, digests, entitlements) => new ScimTokens({ storage, randomness, digests, entitlements }),
      [Storage, Randomness, SecretDigests, Licensing],
    )
    .inSingletonScope()
})

/** Asked by people on their own pages. */
export const accountUseCases = new ContainerModule(({ bind }) => {
  bind(AccountMail)
    .toResolvedValue((letters, addresses) => new AccountMail({ letters, addresses }), [Letters, Addresses])
    .inSingletonScope()
  bind(SessionTokens)
    .toResolvedValue((randomness, digests) => new SessionTokens({ randomness, digests }), [Randomness, SecretDigests])
    .inSingletonScope()
  bind(AuthenticateSession)
    .toResolvedValue((credentials, digests) => new AuthenticateSession({ credentials, digests }), [SessionCredentials, SecretDigests])
    .inSingletonScope()
  bind(SingleSignOn)
    .toResolvedValue(
      (ourAddresses, seals) => singleSignOn({ addresses: ourAddresses, openSecret: (sealed) => seals.open(sealed) }),
      [Addresses, Seals],
    )
    .inSingletonScope()
  bind(SignIn)
    .toResolvedValue(
      (storage, register, ssoRegister, single, randomness, digests, tokens, mail) =>
        new SignIn({ storage, register, ssoRegister, singleSignOn: single, randomness, digests, tokens, mail }),
      [Storage, OrganizationRegister, SsoRegister, SingleSignOn, Randomness, SecretDigests, SessionTokens, AccountMail],
    )
    .inSingletonScope()
  bind(SsoConnections)
    .toResolvedValue(
      (storage, randomness, single, seals, mail) => new SsoConnections({ storage, randomness, singleSignOn: single, seals, mail }),
      [Storage, Randomness, SingleSignOn, Seals, AccountMail],
    )
    .inSingletonScope()
  bind(GetAccount)
    .toResolvedValue((storage) => new GetAccount({ storage }), [Storage])
    .inSingletonScope()
  bind(Sessions)
    .toResolvedValue((storage) => new Sessions({ storage }), [Storage])
    .inSingletonScope()
  bind(KeyChallenges)
    .toResolvedValue((storage, seals) => new KeyChallenges({ storage, seals }), [Storage, Seals])
    .inSingletonScope()
  bind(RegisterEncryptionKey)
    .toResolvedValue(
      (storage, verification, challenges, tokens, mail) => new RegisterEncryptionKey({ storage, verification, challenges, tokens, mail }),
      [Storage, Verification, KeyChallenges, SessionTokens, AccountMail],
    )
    .inSingletonScope()
  bind(Unlock)
    .toResolvedValue(
      (storage, verification, digests, mail) => new Unlock({ storage, verification, digests, mail }),
      [Storage, Verification, SecretDigests, AccountMail],
    )
    .inSingletonScope()
  bind(ReplaceProtectedKeys)
    .toResolvedValue((storage, verification) => new ReplaceProtectedKeys({ storage, verification }), [Storage, Verification])
    .inSingletonScope()
  bind(KeyReset)
    .toResolvedValue((storage, mail) => new KeyReset({ storage, mail }), [Storage, AccountMail])
    .inSingletonScope()
  bind(CompleteKeyResets)
    .toResolvedValue(
      (storage, register, mail) => new CompleteKeyResets({ storage, register, mail }),
      [Storage, OrganizationRegister, AccountMail],
    )
    .inSingletonScope()
  bind(ForgetWhatExpired)
    .toResolvedValue((storage, register) => new ForgetWhatExpired({ storage, register }), [Storage, OrganizationRegister])
    .inSingletonScope()
  bind(Notes)
    .toResolvedValue((storage) => new Notes({ storage }), [Storage])
    .inSingletonScope()
  bind(ReadKeyLog)
    .toResolvedValue((storage) => new ReadKeyLog({ storage }), [Storage])
    .inSingletonScope()
  bind(VerifyKeyLog)
    .toResolvedValue((storage, verification) => new VerifyKeyLog({ storage, verification }), [Storage, Verification])
    .inSingletonScope()
  bind(OpenOwnerLink)
    .toResolvedValue(
      (storage, credentials, digests, tokens) => new OpenOwnerLink({ storage, credentials, digests, tokens }),
      [Storage, OwnerLinkCredentials, SecretDigests, SessionTokens],
    )
    .inSingletonScope()
  bind(DescribeOrganization)
    .toResolvedValue((register, storage) => new DescribeOrganization({ register, storage }), [OrganizationRegister, Storage])
    .inSingletonScope()
  bind(MailSignInLinks)
    .toResolvedValue(
      (register, storage, mail) => new MailSignInLinks({ register, storage, mail }),
      [OrganizationRegister, Storage, AccountMail],
    )
    .inSingletonScope()
  bind(OwnerSignIn)
    .toResolvedValue(
      (storage, register, verification, digests, tokens, mail) =>
        new OwnerSignIn({ storage, register, verification, digests, tokens, mail }),
      [Storage, OrganizationRegister, Verification, SecretDigests, SessionTokens, AccountMail],
    )
    .inSingletonScope()
})

function isSmtpMailer(mailer: object): mailer is SmtpMailer {
  return 'close' in mailer
}
