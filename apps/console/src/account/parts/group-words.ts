import type { GroupMember, OwnGroup } from '../account-api.ts'

/** What the key of a group is, in a few words. */
export function keyWords({ key }: Pick<OwnGroup, 'key'>): string {
  switch (key.state) {
    case 'unkeyed':
      return 'No key yet'
    case 'keyed':
      return `Key of epoch ${key.epoch}`
    case 'rotation-due':
      return `Key of epoch ${key.epoch}, to be replaced`
    case 'orphaned':
      return 'Nobody can open its key'
  }
}

/** What a member may do in a group. */
export function memberWords({ key, status }: Pick<OwnGroup, 'key' | 'status'>): string {
  if (status === 'pending-key-grant') return 'You wait for approval'
  return key.epoch === null ? 'Member' : 'You can decrypt'
}

export const becauseWords: Readonly<Record<GroupMember['because'], string>> = {
  new: 'New in the group',
  returned: 'Had the key before, and came back',
  reset: 'Has a new encryption key after a reset',
  'carried-over': 'The key was made for them; they get it by itself',
}

export const departureWords: Readonly<Record<OwnGroup['key']['reasons'][number]['how'], string>> = {
  removed: 'left the group',
  deleted: 'was deleted',
  returned: 'left the group and came back',
}

/** What somebody is called, with the name that tells two of one name apart. */
export function nameOf({ displayName, userName }: Pick<GroupMember, 'displayName' | 'userName'>): string {
  return displayName === null || displayName === userName ? userName : `${displayName} (${userName})`
}
