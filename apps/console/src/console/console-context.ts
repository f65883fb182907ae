import { createContext, use } from 'react'
import type { ConsoleApi, Me, Role } from './console-api.ts'

/** What every page works with: the API, and as whom. */
export interface Console {
  readonly api: ConsoleApi
  readonly me: Me
}

export const ConsoleContext = createContext<Console | null>(null)

export function useConsole(): Console & { readonly may: (least: Role) => boolean } {
  const context = use(ConsoleContext)
  if (!context) throw new Error('This page must stand within a ConsoleContext.')
  return { ...context, may: (least) => roles.indexOf(context.me.role) >= roles.indexOf(least) }
}

const roles: readonly Role[] = ['member', 'auditor', 'admin', 'owner']
