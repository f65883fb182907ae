import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { AuditEvent } from '../console-api.ts'
import { useConsole } from '../console-context.ts'
import { actorWords } from './words.ts'

/** Who did something: by name, where it is a person who is still there. */
export function ActorName({ actor: { kind, id } }: { readonly actor: AuditEvent['actor'] }) {
  const { api } = useConsole()
  const isPerson = kind === 'person' && id !== undefined
  const { data } = useQuery({
    queryKey: ['member', id],
    queryFn: () => api.member(id ?? ''),
    enabled: isPerson,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return isPerson && data ? <Link href={`/console/members/${id}`}>{data.userName}</Link> : actorWords(kind)
}
