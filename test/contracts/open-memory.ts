import { addresses } from '@latchkey/application'
import { type SettableClock, memoryStorage, settableClock } from '@latchkey/adapter-memory'
import type { StorageUnderTest } from './storage.contract.ts'

export async function openMemory(clock: SettableClock = settableClock()): Promise<StorageUnderTest> {
  const { locations } = addresses('http://localhost:8080')
  const storage = memoryStorage({ locations, clock })
  return {
    storage,
    register: storage.register,
    credentials: storage.credentials,
    apiCredentials: storage.apiCredentials,
    sessionCredentials: storage.sessionCredentials,
    ownerLinkCredentials: storage.ownerLinkCredentials,
    ssoRegister: storage.ssoRegister,
    locations,
    events: async (organization) => storage.events(organization),
    queuedMails: async (organization) => storage.queuedMails(organization),
    ownerLinks: async (organization) => storage.ownerLinks(organization),
    close: async () => {},
  }
}
