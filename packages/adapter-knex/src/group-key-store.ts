import { type Departure, type GrantApproval, groupId, userId } from '@latchkey/domain'
import type { GroupKeyMember, GroupKeyStore, StoredEpoch } from '@latchkey/application'
import { type Connection, run } from './database.ts'
import type { Scope } from './scope.ts'

interface EpochRow {
  readonly number: number
  readonly statement: string
  readonly signature: string
  readonly hash: string
  readonly maker: string
  readonly made_at: Date
}

interface MemberRow {
  readonly user_id: string
  readonly user_name: string
  readonly display_name: string | null
  readonly position: string
  readonly since: Date
  readonly directory: GroupKeyMember['directory']
  readonly key_version: number
  readonly key_fingerprint: string | null
  readonly key_registered_at: Date | null
  readonly is_in_roster: boolean
  readonly approval: GrantApproval | null
  readonly issuer: string | null
  readonly granted_at: Date | null
  readonly is_before_return: boolean | null
  readonly held_before: boolean
}

interface WaitingRow extends MemberRow {
  readonly group_id: string
  readonly group_name: string
  readonly epoch: number
  readonly waiting_since: Date
}

const memberColumns = `memberships.user_id, users.user_name, users.attributes->>'displayName' as display_name, memberships.position, memberships.since,
  users.directory, users.key_version, users.key_fingerprint, users.key_registered_at,
  exists (select from epoch_rosters as entry where entry.org_id = memberships.org_id and entry.group_id = memberships.group_id
    and entry.number = newest.number and entry.user_id = memberships.user_id and entry.fingerprint = users.key_fingerprint) as is_in_roster,
  present.approval, present.issuer, present.granted_at, present.membership <> memberships.position as is_before_return,
  exists (select from key_grants as earlier where earlier.org_id = memberships.org_id and earlier.group_id = memberships.group_id
    and earlier.recipient = memberships.user_id and earlier.id is distinct from present.id) as held_before`

/** Members of live groups, each with the newest epoch of the group and their grant of it, if there is one to their present key. */
const members = `from memberships
  join groups on groups.org_id = memberships.org_id and groups.id = memberships.group_id and groups.deleted_at is null
  join users on users.org_id = memberships.org_id and users.id = memberships.user_id
  left join lateral (select epoch.number, epoch.made_at from group_epochs as epoch
    where epoch.org_id = memberships.org_id and epoch.group_id = memberships.group_id order by epoch.number desc limit 1) as newest on true
  left join lateral (select one.id, one.approval, one.issuer, one.granted_at, one.membership, one.statement, one.signature, one.sealed from key_grants as one
    where one.org_id = memberships.org_id and one.group_id = memberships.group_id and one.epoch = newest.number and one.recipient = memberships.user_id
      and one.fingerprint = users.key_fingerprint and one.sealed is not null) as present on true`

const holds = "users.directory = 'enabled' and present.id is not null"
const waits = "users.directory = 'enabled' and users.key_fingerprint is not null and newest.number is not null and present.id is null"
/** Asked of a whole organisation, so that the members of groups without a key are not looked at. */
const inKeyedGroup = 'memberships.group_id in (select group_id from group_epochs where org_id = ?)'
const waitingSince = 'greatest(memberships.since, users.key_registered_at, newest.made_at)'

export function groupKeyStore(connection: Connection, { organization, now }: Scope): GroupKeyStore {
  const at = new Date(now).toISOString()
  const here = 'memberships.org_id = ? and memberships.group_id = ?'

  return {
    async newest(group) {
      const text = `select number, statement, signature, hash, maker, made_at from group_epochs
        where org_id = ? and group_id = ? order by number desc limit 1`
      const [row] = await run<EpochRow>(connection, 'group-epoch-newest', text, [organization, group])
      return row && epochFromRow(row)
    },

    async lock(group) {
      await run(connection, 'group-key-lock', 'select pg_advisory_xact_lock(hashtextextended(?, 0))', [`group key ${group}`])
    },

    async summary(group) {
      const counts = `select one.display_name, epoch.number, epoch.maker, epoch.made_at, counted.holders, counted.waiting from groups as one
        left join lateral (select number, maker, made_at from group_epochs where org_id = one.org_id and group_id = one.id
          order by number desc limit 1) as epoch on true
        left join lateral (select count(*) filter (where ${holds}) as holders, count(*) filter (where ${waits}) as waiting ${members}
          where memberships.org_id = one.org_id and memberships.group_id = one.id and epoch.number is not null) as counted on true
        where one.org_id = ? and one.id = ? and one.deleted_at is null`
      const departed = `select distinct key_grants.recipient as user_id, users.user_name,
          case when users.id is null or users.deleted_at is not null then 'deleted' when memberships.user_id is null then 'removed' else 'returned' end as how
        from key_grants
        left join memberships on memberships.org_id = key_grants.org_id and memberships.group_id = key_grants.group_id
          and memberships.user_id = key_grants.recipient
        left join users on users.org_id = key_grants.org_id and users.id = key_grants.recipient
        where key_grants.org_id = ? and key_grants.group_id = ? and memberships.position is distinct from key_grants.membership
          and key_grants.epoch = (select max(number) from group_epochs where org_id = ? and group_id = ?)
        order by key_grants.recipient limit 100`
      const [[row], left] = await Promise.all([
        run<SummaryRow>(connection, 'group-key-summary', counts, [organization, group]),
        run<DepartedRow>(connection, 'group-key-departures', departed, [organization, group, organization, group]),
      ])
      if (!row) return undefined
      return {
        group: { id: group, displayName: row.display_name },
        epoch:
          row.number === null || row.maker === null || row.made_at === null
            ? null
            : { number: row.number, maker: userId(row.maker), madeAt: row.made_at.getTime() },
        holders: Number(row.holders ?? 0),
        waiting: Number(row.waiting ?? 0),
        departures: left.map((one) => ({ user: userId(one.user_id), userName: one.user_name, how: one.how })),
      }
    },

    async members(group, users) {
      if (users.length === 0) return []
      const text = `select ${memberColumns} ${members} where ${here} and memberships.user_id = any(?::uuid[]) order by memberships.position`
      return (await run<MemberRow>(connection, 'group-key-members', text, [organization, group, users])).map(memberFromRow)
    },

    async page(group, { which, after, limit }) {
      const fits = { all: 'true', holding: holds, waiting: waits }[which]
      const text = `select ${memberColumns} ${members} where ${here} and memberships.position > ? and ${fits} order by memberships.position limit ?`
      return (await run<MemberRow>(connection, `group-key-page-${which}`, text, [organization, group, after, limit])).map(memberFromRow)
    },

    async waitingFor(holder, limit) {
      const held = `select memberships.group_id ${members} where memberships.org_id = ? and memberships.user_id = ? and ${holds}`
      const text = `select ${memberColumns}, groups.id as group_id, groups.display_name as group_name, newest.number as epoch, ${waitingSince} as waiting_since
        ${members} where memberships.org_id = ? and ${holder === null ? inKeyedGroup : `memberships.group_id in (${held})`} and ${waits}
        order by memberships.group_id, memberships.position limit ?`
      const name = holder === null ? 'group-key-waiting-all' : 'group-key-waiting'
      const values = holder === null ? [organization, organization, limit] : [organization, organization, holder, limit]
      const rows = await run<WaitingRow>(connection, name, text, values)
      return rows.map((row) => ({
        group: { id: groupId(row.group_id), displayName: row.group_name },
        epoch: row.epoch,
        member: memberFromRow(row),
        since: row.waiting_since.getTime(),
      }))
    },

    async overdue(before) {
      const text = `select groups.id, groups.display_name, count(*) as waiting ${members}
        where memberships.org_id = ? and ${inKeyedGroup} and ${waits} group by groups.id, groups.display_name having min(${waitingSince}) < ? order by groups.id`
      const values = [organization, organization, new Date(before).toISOString()]
      const rows = await run<{ id: string; display_name: string; waiting: string }>(connection, 'group-keys-overdue', text, values)
      return rows.map((row) => ({ group: { id: groupId(row.id), displayName: row.display_name }, waiting: Number(row.waiting) }))
    },

    async evidence(group, from) {
      const text = `select epoch.number, epoch.statement, epoch.signature,
          (select json_agg(json_build_object('user', entry.user_id, 'fingerprint', entry.fingerprint) order by entry.user_id) from epoch_rosters as entry
            where entry.org_id = epoch.org_id and entry.group_id = epoch.group_id and entry.number = epoch.number) as roster,
          (select json_agg(json_build_object('statement', one.statement, 'signature', one.signature) order by one.id) from key_grants as one
            where one.org_id = epoch.org_id and one.group_id = epoch.group_id and one.epoch = epoch.number
              and not exists (select from epoch_rosters as entry where entry.org_id = one.org_id and entry.group_id = one.group_id
                and entry.number = one.epoch and entry.user_id = one.recipient and entry.fingerprint = one.fingerprint)) as grants
        from group_epochs as epoch where epoch.org_id = ? and epoch.group_id = ? and epoch.number >= ? order by epoch.number`
      const rows = await run<EvidenceRow>(connection, 'group-key-evidence', text, [organization, group, from])
      return rows.map(({ number, statement, signature, roster, grants }) => ({
        number,
        statement,
        signature,
        roster: (roster ?? []).map((entry) => ({ user: userId(entry.user), fingerprint: entry.fingerprint })),
        grants: grants ?? [],
      }))
    },

    async sealedGrant(group, user) {
      const text = `select present.statement, present.signature, present.sealed ${members}
        where ${here} and memberships.user_id = ? and present.id is not null`
      const [row] = await run<{ statement: string; signature: string; sealed: string }>(connection, 'group-key-sealed', text, [
        organization,
        group,
        user,
      ])
      return row
    },

    async effectiveGrants(group, { after, limit }) {
      const text = `select ${memberColumns}, present.statement, present.signature ${members}
        where ${here} and memberships.position > ? and ${holds} order by memberships.position limit ?`
      const values = [organization, group, after, limit]
      const rows = await run<MemberRow & { statement: string; signature: string }>(connection, 'group-key-effective', text, values)
      return rows.map((row) => ({ statement: row.statement, signature: row.signature, member: memberFromRow(row) }))
    },

    async saveEpoch(group, { number, statement, signature, hash, maker }, roster) {
      const epoch = `insert into group_epochs (org_id, group_id, number, statement, signature, hash, maker, made_at) values (?, ?, ?, ?, ?, ?, ?, ?)`
      await run(connection, 'group-epoch-save', epoch, [organization, group, number, statement, signature, hash, maker, at])
      const entries = `insert into epoch_rosters (org_id, group_id, number, user_id, fingerprint)
        select ?::uuid, ?::uuid, ?::integer, entry.* from unnest(?::uuid[], ?::text[]) as entry`
      const [users, fingerprints] = [roster.map(({ user }) => user), roster.map(({ fingerprint }) => fingerprint)]
      await run(connection, 'group-epoch-roster', entries, [organization, group, number, users, fingerprints])
    },

    async saveGrants(group, epoch, grants) {
      if (grants.length === 0) return []
      const text = `insert into key_grants
          (org_id, group_id, epoch, recipient, fingerprint, issuer, approval, statement, signature, sealed, membership, granted_at)
        select memberships.org_id, memberships.group_id, ?::integer, one.recipient, one.fingerprint, one.issuer, one.approval, one.statement,
          one.signature, one.sealed, memberships.position, ?::timestamptz
        from unnest(?::uuid[], ?::text[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[])
          as one (recipient, fingerprint, issuer, approval, statement, signature, sealed)
        join memberships on memberships.org_id = ? and memberships.group_id = ? and memberships.user_id = one.recipient
        returning recipient`
      const column = (name: keyof (typeof grants)[number]) => grants.map((grant) => grant[name])
      const columns = ['recipient', 'fingerprint', 'issuer', 'approval', 'statement', 'signature', 'sealed'] as const
      const values = [epoch, at, ...columns.map(column), organization, group]
      const saved = await run<{ recipient: string }>(connection, 'key-grants-save', text, values)
      return saved.map(({ recipient }) => userId(recipient))
    },

    async automaticSince(moment) {
      const text = "select count(*) as count from key_grants where org_id = ? and approval = 'automatic' and granted_at > ?"
      const values = [organization, new Date(moment).toISOString()]
      const [row] = await run<{ count: string }>(connection, 'key-grants-automatic', text, values)
      return Number(row?.count ?? 0)
    },

    async note(group) {
      const text = 'select epoch, sealed, version from group_notes where org_id = ? and group_id = ?'
      const [row] = await run<{ epoch: number; sealed: string; version: number }>(connection, 'group-note', text, [organization, group])
      return row
    },

    async saveNote(group, { epoch, sealed, version }) {
      const text = `insert into group_notes (org_id, group_id, epoch, sealed, version) values (?, ?, ?, ?, ?)
        on conflict (org_id, group_id) do update set epoch = excluded.epoch, sealed = excluded.sealed, version = excluded.version`
      await run(connection, 'group-note-save', text, [organization, group, epoch, sealed, version])
    },

    async destroyWithheld(before) {
      const note = `update key_grants set withheld_since = case when withheld_since is null then ?::timestamptz end
        where org_id = ? and sealed is not null and (withheld_since is null) = not exists (
          select from memberships join users on users.org_id = memberships.org_id and users.id = memberships.user_id
          where memberships.org_id = key_grants.org_id and memberships.group_id = key_grants.group_id
            and memberships.user_id = key_grants.recipient and users.key_fingerprint = key_grants.fingerprint)`
      await run(connection, 'key-grants-note-withheld', note, [at, organization])
      const destroy = 'update key_grants set sealed = null where org_id = ? and sealed is not null and withheld_since < ? returning id'
      return (await run(connection, 'key-grants-destroy', destroy, [organization, new Date(before).toISOString()])).length
    },
  }
}

interface SummaryRow {
  readonly display_name: string
  readonly number: number | null
  readonly maker: string | null
  readonly made_at: Date | null
  readonly holders: string | null
  readonly waiting: string | null
}

interface DepartedRow {
  readonly user_id: string
  readonly user_name: string | null
  readonly how: Departure['how']
}

interface EvidenceRow {
  readonly number: number
  readonly statement: string
  readonly signature: string
  readonly roster: readonly { readonly user: string; readonly fingerprint: string }[] | null
  readonly grants: readonly { readonly statement: string; readonly signature: string }[] | null
}

function epochFromRow({ number, statement, signature, hash, maker, made_at: madeAt }: EpochRow): StoredEpoch {
  return { number, statement, signature, hash, maker: userId(maker), madeAt: madeAt.getTime() }
}

function memberFromRow(row: MemberRow): GroupKeyMember {
  const { key_fingerprint: fingerprint, key_registered_at: registeredAt } = row
  return {
    user: userId(row.user_id),
    userName: row.user_name,
    displayName: row.display_name,
    position: Number(row.position),
    since: row.since.getTime(),
    directory: row.directory,
    key:
      fingerprint === null || registeredAt === null
        ? null
        : { version: row.key_version, fingerprint, registeredAt: registeredAt.getTime() },
    isInRoster: row.is_in_roster,
    grant:
      row.approval === null || row.issuer === null || row.granted_at === null
        ? null
        : {
            isBeforeReturn: row.is_before_return === true,
            issuer: userId(row.issuer),
            approval: row.approval,
            at: row.granted_at.getTime(),
          },
    heldBefore: row.held_before,
  }
}
