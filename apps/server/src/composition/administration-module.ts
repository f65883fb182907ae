import { knexApiCredentials, knexLicenceStore } from '@latchkey/adapter-knex'
import {
  AccountMail,
  ApiTokens,
  AuthenticateAdministrator,
  ChangeSettings,
  EraseDeleted,
  ExpireActivity,
  ExpireAudit,
  Licensing,
  Members,
  NoteActivity,
  ReadRecords,
  RestoreUser,
  RoleMappings,
  SealAudit,
  SetUpMail,
  ShowOverview,
  VerifyAudit,
  WatchForMassChange,
} from '@latchkey/application'
import { ContainerModule } from 'inversify'
import { licenceReader } from '../system/licence-reader.ts'
import { personalSeals, sha256 } from '../system/secrets.ts'
import { Randomness, SecretDigests, Addresses, Configuration, Database, Letters, OrganizationRegister, Storage } from './tokens.ts'

/** What an organisation's owners and the deployment's operator ask for: evidence, licence, and what the clock does for them. */
export const administration = new ContainerModule(({ bind }) => {
  bind(Licensing)
    .toResolvedValue(
      (database, { licence, licencePublicKey }) =>
        new Licensing({
          store: knexLicenceStore(database),
          reader: licenceReader(licencePublicKey),
          configured: licence,
          elapsedMs: () => performance.now(),
        }),
      [Database, Configuration],
    )
    .inSingletonScope()
  bind(SealAudit)
    .toResolvedValue((storage, register) => new SealAudit({ storage, register, sha256, personalSeals }), [Storage, OrganizationRegister])
    .inSingletonScope()
  bind(ExpireAudit)
    .toResolvedValue((storage, register) => new ExpireAudit({ storage, register }), [Storage, OrganizationRegister])
    .inSingletonScope()
  bind(ExpireActivity)
    .toResolvedValue((storage, register) => new ExpireActivity({ storage, register }), [Storage, OrganizationRegister])
    .inSingletonScope()
  bind(NoteActivity)
    .toResolvedValue((storage) => new NoteActivity({ storage }), [Storage])
    .inSingletonScope()
  bind(ApiTokens)
    .toResolvedValue(
      (storage, randomness, digests) => new ApiTokens({ storage, randomness, digests }),
      [Storage, Randomness, SecretDigests],
    )
    .inSingletonScope()
  bind(AuthenticateAdministrator)
    .toResolvedValue(
      (storage, database, digests) => new AuthenticateAdministrator({ storage, credentials: knexApiCredentials(database), digests }),
      [Storage, Database, SecretDigests],
    )
    .inSingletonScope()
  bind(Members)
    .toResolvedValue(
      (storage, randomness, setUpMail, mail) => new Members({ storage, randomness, setUpMail, mail }),
      [Storage, Randomness, SetUpMail, AccountMail],
    )
    .inSingletonScope()
  bind(ShowOverview)
    .toResolvedValue((storage) => new ShowOverview({ storage }), [Storage])
    .inSingletonScope()
  bind(ReadRecords)
    .toResolvedValue((storage) => new ReadRecords({ storage, personalSeals }), [Storage])
    .inSingletonScope()
  bind(EraseDeleted)
    .toResolvedValue((storage, register) => new EraseDeleted({ storage, register }), [Storage, OrganizationRegister])
    .inSingletonScope()
  bind(WatchForMassChange)
    .toResolvedValue(
      (storage, register, letters, addresses) => new WatchForMassChange({ storage, register, letters, addresses }),
      [Storage, OrganizationRegister, Letters, Addresses],
    )
    .inSingletonScope()
  bind(RoleMappings)
    .toResolvedValue((storage) => new RoleMappings({ storage }), [Storage])
    .inSingletonScope()
  bind(RestoreUser)
    .toResolvedValue((storage) => new RestoreUser({ storage }), [Storage])
    .inSingletonScope()
  bind(ChangeSettings)
    .toResolvedValue((storage) => new ChangeSettings({ storage }), [Storage])
    .inSingletonScope()
  bind(VerifyAudit)
    .toResolvedValue((storage) => new VerifyAudit({ storage, sha256 }), [Storage])
    .inSingletonScope()
})
