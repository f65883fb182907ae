import { useConsole } from '../console-context.ts'
import { DeletedTable } from '../parts/deleted-table.tsx'

/** Who was deleted and can still be brought back, by an owner. */
export function DeletedMembers() {
  const { api } = useConsole()
  return (
    <DeletedTable
      title="Deleted members"
      named="User name"
      empty="Nobody was deleted within the last 30 days."
      of="deleted-members"
      by={async () => (await api.deletedMembers()).map(({ userName: name, ...rest }) => ({ ...rest, name }))}
      question="They come back deactivated, with the same id and the same key. Groups and sessions do not come back."
      yes="Yes, restore them"
      onRestore={api.restoreMember}
    />
  )
}
