export const createGroupKeys = {
  name: '040-create-group-keys',
  up: `
    create table group_epochs (
      org_id uuid not null,
      group_id uuid not null,
      number integer not null check (number >= 1),
      statement text not null,
      signature text not null,
      hash text not null,
      maker uuid not null,
      made_at timestamptz not null,
      primary key (org_id, group_id, number),
      foreign key (org_id, group_id) references groups (org_id, id) on delete cascade
    );
    alter table group_epochs enable row level security;
    alter table group_epochs force row level security;
    create policy organization on group_epochs using (org_id = current_organization());

    -- Users are named without being referred to: what was signed outlives them.
    create table epoch_rosters (
      org_id uuid not null,
      group_id uuid not null,
      number integer not null,
      user_id uuid not null,
      fingerprint text not null,
      primary key (org_id, group_id, number, user_id),
      foreign key (org_id, group_id, number) references group_epochs (org_id, group_id, number) on delete cascade
    );
    alter table epoch_rosters enable row level security;
    alter table epoch_rosters force row level security;
    create policy organization on epoch_rosters using (org_id = current_organization());

    create table key_grants (
      org_id uuid not null,
      id bigint generated always as identity,
      group_id uuid not null,
      epoch integer not null,
      recipient uuid not null,
      fingerprint text not null,
      issuer uuid not null,
      approval text not null check (approval in ('by-hand', 'automatic', 'carried-over')),
      statement text not null,
      signature text not null,
      -- Null once it is destroyed.
      sealed text,
      -- The position of the membership for which it was made: a later one of the same person has another.
      membership bigint not null,
      granted_at timestamptz not null,
      withheld_since timestamptz,
      primary key (org_id, id),
      foreign key (org_id, group_id, epoch) references group_epochs (org_id, group_id, number) on delete cascade
    );
    create index key_grants_recipient on key_grants (org_id, group_id, epoch, recipient);
    create unique index key_grants_sealed on key_grants (org_id, group_id, epoch, recipient, fingerprint) where sealed is not null;
    create index key_grants_automatic on key_grants (org_id, granted_at) where approval = 'automatic';
    create index key_grants_withheld on key_grants (org_id, withheld_since) where withheld_since is not null and sealed is not null;
    alter table key_grants enable row level security;
    alter table key_grants force row level security;
    create policy organization on key_grants using (org_id = current_organization());

    create table group_notes (
      org_id uuid not null,
      group_id uuid not null,
      epoch integer not null,
      sealed text not null,
      version integer not null check (version >= 1),
      primary key (org_id, group_id),
      foreign key (org_id, group_id) references groups (org_id, id) on delete cascade
    );
    alter table group_notes enable row level security;
    alter table group_notes force row level security;
    create policy organization on group_notes using (org_id = current_organization());
  `,
}
