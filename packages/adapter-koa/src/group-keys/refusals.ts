import type { GrantGroupKeyRefusal, MakeGroupKeyRefusal, MemberRefusal } from '@latchkey/application'
import { problemFrom } from '../account/refusals.ts'
import { Problem } from '../account/problem.ts'

type GroupKeyRefusal = MemberRefusal | MakeGroupKeyRefusal | GrantGroupKeyRefusal | 'note-moved' | 'nothing-to-request'

/** Which status each refusal has, and what to do about it. */
export function groupKeyProblem(refusal: GroupKeyRefusal): Problem {
  if (typeof refusal !== 'string') {
    const detail = 'Members have changed since this page looked at them. Nothing was stored; look again and repeat it.'
    return new Problem(409, 'members-moved', detail, { moved: refusal.moved.map(({ user, how }) => ({ userId: user, how })) })
  }
  switch (refusal) {
    case 'not-signed-in':
    case 'not-unlocked':
    case 'statement-invalid':
      return problemFrom(refusal)
    case 'group-not-found':
      return noSuchGroup()
    case 'not-a-holder':
      return new Problem(403, refusal, 'You do not hold this group’s key. You get it as soon as somebody who holds it approves you.')
    case 'epoch-moved':
      return new Problem(409, refusal, 'This group’s key was replaced meanwhile. Nothing was stored; load the group again.')
    case 'note-moved':
      return new Problem(409, refusal, 'Somebody has saved this note meanwhile. Nothing was stored; open it again.')
    case 'automatic-switched-off':
      return new Problem(403, refusal, 'Automatic granting is switched off in this organisation. Approve the members yourself.')
    case 'automatic-cap-reached':
      return new Problem(429, refusal, 'No more keys may be granted automatically within this hour. Approve the members yourself, or wait.')
    case 'nothing-to-request':
      return new Problem(409, refusal, 'There is no key that you wait for in this group.')
  }
}

export function noSuchGroup(): Problem {
  return new Problem(404, 'group-not-found', 'There is no such group, or you are not in it.')
}
