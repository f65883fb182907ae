import { useConsole } from '../console-context.ts'
import { DeletedTable } from '../parts/deleted-table.tsx'

/** Which groups were deleted and can still be brought back, by an owner. */
export function DeletedGroups() {
  const { api } = useConsole()
  return (
    <DeletedTable
      title="Deleted groups"
      named="Group"
      empty="No group was deleted within the last 30 days."
      of="deleted-groups"
      by={async () => (await api.deletedGroups()).map(({ displayName: name, ...rest }) => ({ ...rest, name }))}
      question="It comes back with its key and its note, and with nobody in it. Whoever the identity provider puts in again can decrypt as before, if nothing else has changed."
      yes="Yes, restore it"
      onRestore={api.restoreGroup}
    />
  )
}
