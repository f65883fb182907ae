import { addresses } from '@latchkey/application'
import { memoryStorage, settableClock } from '@latchkey/adapter-memory'
import { storageContract } from './storage.contract.ts'

storageContract(async () => {
  const { locations } = addresses('http://localhost:8080')
  const storage = memoryStorage({ locations, clock: settableClock() })
  return {
    storage,
    register: storage.register,
    credentials: storage.credentials,
    locations,
    events: async (organization) => storage.events(organization),
    queuedMails: async (organization) => storage.queuedMails(organization),
    ownerLinks: async (organization) => storage.ownerLinks(organization),
    close: async () => {},
  }
})
