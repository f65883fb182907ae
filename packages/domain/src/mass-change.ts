import { hourMs } from './instant.ts'

/** Changes within this time count together. */
export const massChangeWindowMs = hourMs

const usersMin = 20
const shareMin = 0.2

/** Whether so many people lost their access that the owners must hear of it (LIF-7). `total` counts those who have or had an account within the window. */
export function isMassChange({ affected, total }: { readonly affected: number; readonly total: number }): boolean {
  return affected >= usersMin && affected >= shareMin * Math.max(total, affected)
}
