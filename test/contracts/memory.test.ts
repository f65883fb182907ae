import { openMemory } from './open-memory.ts'
import { storageContract } from './storage.contract.ts'

storageContract(() => openMemory())
