import type { UnlockedKey } from '@latchkey/client-crypto'
import { useRef } from 'react'
import { useAccount } from '../account-context.ts'
import { SealedNote } from '../parts/sealed-note.tsx'

/** The group's key visibly does something: whoever holds it reads and writes this, and nobody else. */
export function GroupNote({ group, unlocked }: { readonly group: string; readonly unlocked: UnlockedKey }) {
  const { groupKeys } = useAccount()
  const version = useRef(0)
  return (
    <SealedNote
      label="Note to the group"
      hint="Sealed to the group’s key in this browser. Everybody who can decrypt can read and change it."
      saved="Saved, and sealed to the group’s key."
      onOpen={async () => {
        const note = await groupKeys.note(unlocked, group)
        version.current = note.version
        return note.version === 0 ? null : note.text
      }}
      onSave={async (text) => {
        version.current = await groupKeys.saveNote(unlocked, group, text, version.current)
      }}
    />
  )
}
