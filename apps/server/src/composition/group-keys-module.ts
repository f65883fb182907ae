import {
  AccountMail,
  DestroyWithheldGrants,
  GrantGroupKey,
  GroupKeyRecords,
  GroupNotes,
  HolderMail,
  MakeGroupKey,
  ReadGroupKeys,
  RequestGroupKey,
  RestoreGroup,
  TellHolders,
} from '@latchkey/application'
import { ContainerModule } from 'inversify'
import { OrganizationRegister, Storage, Verification } from './tokens.ts'

/** What people do with the keys of their groups, what administrators see of it, and what the clock does. */
export const groupKeys = new ContainerModule(({ bind }) => {
  bind(ReadGroupKeys)
    .toResolvedValue((storage) => new ReadGroupKeys({ storage }), [Storage])
    .inSingletonScope()
  bind(MakeGroupKey)
    .toResolvedValue((storage, verification) => new MakeGroupKey({ storage, verification }), [Storage, Verification])
    .inSingletonScope()
  bind(GrantGroupKey)
    .toResolvedValue((storage, verification) => new GrantGroupKey({ storage, verification }), [Storage, Verification])
    .inSingletonScope()
  bind(GroupNotes)
    .toResolvedValue((storage) => new GroupNotes({ storage }), [Storage])
    .inSingletonScope()
  bind(HolderMail)
    .toResolvedValue((mail) => new HolderMail({ mail }), [AccountMail])
    .inSingletonScope()
  bind(RequestGroupKey)
    .toResolvedValue((storage, mail) => new RequestGroupKey({ storage, mail }), [Storage, HolderMail])
    .inSingletonScope()
  bind(TellHolders)
    .toResolvedValue((storage, register, mail) => new TellHolders({ storage, register, mail }), [Storage, OrganizationRegister, HolderMail])
    .inSingletonScope()
  bind(DestroyWithheldGrants)
    .toResolvedValue((storage, register) => new DestroyWithheldGrants({ storage, register }), [Storage, OrganizationRegister])
    .inSingletonScope()
  bind(GroupKeyRecords)
    .toResolvedValue((storage) => new GroupKeyRecords({ storage }), [Storage])
    .inSingletonScope()
  bind(RestoreGroup)
    .toResolvedValue((storage) => new RestoreGroup({ storage }), [Storage])
    .inSingletonScope()
})
