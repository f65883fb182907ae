import { canonicalName, canonicalText } from '@latchkey/domain'
import { searchDocument } from '@latchkey/application'
import { readResource, userType } from '@latchkey/scim'
import { Client } from 'pg'
import { firstMember, groups, numbersOf, userBody, usersFor } from './directory.ts'

/** A number that no text of a user has but where it means the user's number. */
const marker = 1_234_567
const marked = userBody(marker)
const template = (value: unknown): string => JSON.stringify(value).replaceAll(String(marker), '{n}')

const { userName: _name, externalId: _external, active: _active, ...attributes } = readResource(userType, marked as never)

/** What it takes to make a row of a user from a number, in the forms that the product itself would have written. */
const documents = {
  attributes: template(attributes),
  search: template(searchDocument(userType, attributes)),
  whole: template(marked),
  userNameKey: template(canonicalName(String(marked['userName']))).slice(1, -1),
  displayKey: template(canonicalText(String(marked['displayName']))).slice(1, -1),
}

const of = (parameter: string) => `replace(${parameter}, '{n}', n::text)`
const userIdOf = "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
const groupIdOf = (parameter: string) => `('00000000-0000-7000-9000-' || lpad(to_hex(${parameter}::integer), 12, '0'))::uuid`

/** Fills an organisation of Latchkey's with users from a number up to another, and with those groups that they can fill. */
export async function seedLatchkey(
  url: string,
  organization: string,
  from: number,
  to: number,
  progress: (line: string) => void = () => {},
): Promise<void> {
  await within(url, async (client) => {
    await client.query("select set_config('latchkey.organization', $1, false)", [organization])
    for (const [first, behind] of portions(from, to)) {
      await client.query(
        `insert into users (org_id, id, user_name, user_name_key, external_id, managed_by, directory, key_state, key_version, set_up_mail_queued,
            attributes, search, display_key, version, created_at, last_modified_at)
          select $1::uuid, ${userIdOf}, 'user' || n || '@acme.example', ${of('$4::text')}, 'ext-' || n, 'scim', 'enabled', 'none', 0, true,
            ${of('$5::text')}::jsonb, ${of('$6::text')}::jsonb, ${of('$7::text')}, 1, now(), now() from generate_series($2::integer, $3::integer - 1) as n`,
        [organization, first, behind, documents.userNameKey, documents.attributes, documents.search, documents.displayKey],
      )
      await client.query(
        `insert into user_emails (org_id, user_id, value_key)
          select $1::uuid, ${userIdOf}, 'user' || n || '@acme.example' from generate_series($2::integer, $3::integer - 1) as n`,
        [organization, first, behind],
      )
      progress(`seeded ${behind.toLocaleString('en-GB')} of ${to.toLocaleString('en-GB')} users`)
    }
    for (const { number, size, first } of filled(from, to)) {
      await client.query(
        `insert into groups (org_id, id, display_name, display_name_key, external_id, managed_by, version, created_at, last_modified_at)
          select $1::uuid, ${groupIdOf('$2')}, 'Group ' || $2::integer, 'group ' || $2::integer, 'gext-' || $2::integer, 'scim', 1, now(), now()`,
        [organization, number],
      )
      await client.query(
        `insert into memberships (org_id, group_id, user_id, since)
          select $1::uuid, ${groupIdOf('$2')}, ${userIdOf}, now() from generate_series($4::integer, $4::integer + $3::integer - 1) as n`,
        [organization, number, size, first],
      )
    }
    await client.query('vacuum analyze')
  })
}

/** Takes away who was made while something was measured, so that the directory keeps its size. */
export async function removeMadeFromLatchkey(url: string, organization: string): Promise<void> {
  await within(url, async (client) => {
    await client.query("select set_config('latchkey.organization', $1, false)", [organization])
    await client.query('delete from users where org_id = $1 and user_name like $2', [organization, made])
    await client.query('vacuum analyze users, user_emails')
  })
}

export async function removeMadeFromFloor(url: string): Promise<void> {
  await within(url, async (client) => {
    await client.query('delete from floor.users where user_name like $1', [made])
    await client.query('vacuum analyze floor.users, floor.emails')
  })
}

/** A number of eight digits: `madeFrom` and above. */
const made = 'user________@acme.example'

/** The same people and groups for the floor, in a schema of its own beside Latchkey's. */
export async function seedFloor(url: string, users: number): Promise<void> {
  await within(url, async (client) => {
    await client.query(floorSchema)
    await client.query('set search_path = floor')
    await client.query(
      `insert into users (id, user_name, external_id, document)
        select ${userIdOf}, 'user' || n || '@acme.example', 'ext-' || n, ${of('$2::text')}::jsonb from generate_series(0, $1::integer - 1) as n`,
      [users, documents.whole],
    )
    await client.query(
      `insert into emails (user_id, value) select ${userIdOf}, 'user' || n || '@acme.example' from generate_series(0, $1::integer - 1) as n`,
      [users],
    )
    for (const { number, size, first } of filled(0, users)) {
      await client.query(
        `insert into groups (id, version, document) select ${groupIdOf('$1')}, 1, jsonb_build_object('displayName', 'Group ' || $1::integer)`,
        [number],
      )
      await client.query(
        `insert into memberships (group_id, user_id) select ${groupIdOf('$1')}, ${userIdOf} from generate_series($3::integer, $3::integer + $2::integer - 1) as n`,
        [number, size, first],
      )
    }
    await client.query('vacuum analyze')
  })
}

const floorSchema = `
  create schema floor;
  create table floor.users (id uuid primary key, user_name text not null unique, external_id text not null unique, document jsonb not null);
  create table floor.emails (user_id uuid not null references floor.users on delete cascade, value text not null, primary key (user_id, value));
  create index emails_value on floor.emails (value);
  create table floor.groups (id uuid primary key, version integer not null, document jsonb not null);
  create table floor.memberships (group_id uuid not null references floor.groups, user_id uuid not null references floor.users, primary key (group_id, user_id));
  create index memberships_user on floor.memberships (user_id, group_id);
`

/** The groups that users up to a number can fill, and users up to another could not. */
function filled(from: number, to: number) {
  return Object.values(groups)
    .filter((size) => usersFor(size) <= to && (from === 0 || usersFor(size) > from))
    .flatMap((size) => numbersOf(size).map((number) => ({ number, size: size.size, first: firstMember(size, number) })))
}

/** From a number up to another, so many at a time that somebody who waits hears of it. */
function portions(from: number, to: number): readonly (readonly [number, number])[] {
  const atOnce = 50_000
  return Array.from({ length: Math.ceil((to - from) / atOnce) }, (_, index) => {
    const first = from + index * atOnce
    return [first, Math.min(to, first + atOnce)]
  })
}

async function within(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
