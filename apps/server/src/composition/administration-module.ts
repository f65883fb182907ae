import { knexLicenceStore } from '@latchkey/adapter-knex'
import { ExpireActivity, ExpireAudit, Licensing, NoteActivity, SealAudit, VerifyAudit } from '@latchkey/application'
import { ContainerModule } from 'inversify'
import { licenceReader } from '../system/licence-reader.ts'
import { personalSeals, sha256 } from '../system/secrets.ts'
import { Configuration, Database, OrganizationRegister, Storage } from './tokens.ts'

/** What an organisation's owners and the deployment's operator ask for: evidence, licence, and what the clock does for them. */
export const administration = new ContainerModule(({ bind }) => {
  bind(Licensing)
    .toResolvedValue(
      (database, { licence, licencePublicKey }) =>
        new Licensing({ store: knexLicenceStore(database), reader: licenceReader(licencePublicKey), configured: licence }),
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
  bind(VerifyAudit)
    .toResolvedValue((storage) => new VerifyAudit({ storage, sha256 }), [Storage])
    .inSingletonScope()
})
