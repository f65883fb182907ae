import { Link } from 'wouter'
import type { Actor } from '../console-api.ts'
import { actorWords } from './words.ts'

/** Who did something: by name, where they have one. */
export function ActorName({ actor: { kind, id, name } }: { readonly actor: Actor }) {
  if (name === null) return actorWords(kind)
  if (kind === 'person' && id !== undefined) return <Link href={`/console/members/${id}`}>{name}</Link>
  return `${actorWords(kind)} “${name}”`
}
