import type { UnlockedKey } from '@latchkey/client-crypto'
import { useAccount } from '../account-context.ts'
import { SealedNote } from '../parts/sealed-note.tsx'

/** The key visibly does something: what is written here is sealed before it leaves, and only this key opens it. */
export function Note({ unlocked }: { readonly unlocked: UnlockedKey }) {
  const { keys } = useAccount()
  return (
    <SealedNote
      label="Note"
      hint="Sealed in this browser; the server keeps what it cannot read."
      saved="Saved, and sealed to your key."
      onOpen={() => keys.note(unlocked)}
      onSave={(text) => keys.saveNote(unlocked, text)}
    />
  )
}
