import { createContext, use } from 'react'
import type { AccountApi, AccountSession } from './account-api.ts'
import type { AccountKeys, OpenKey } from './account-keys.ts'
import type { GroupKeys } from './group-keys.ts'

/** What every page works with. */
export interface Account {
  readonly api: AccountApi
  readonly keys: AccountKeys
  readonly groupKeys: GroupKeys
}

export const AccountContext = createContext<Account | null>(null)

export function useAccount(): Account {
  const account = use(AccountContext)
  if (!account) throw new Error('This page must stand within an AccountContext.')
  return account
}

/** What pages of somebody who is signed in are given. */
export interface SignedInProps {
  readonly session: AccountSession
  /** The session as the server has it now, and the key if it was opened just now. */
  readonly onChange: (opened?: OpenKey) => Promise<void>
}
