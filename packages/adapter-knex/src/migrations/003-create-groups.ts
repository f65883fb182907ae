export const createGroups = {
  name: '003-create-groups',
  up: `
    create table groups (
      org_id uuid not null references organizations (id),
      id uuid not null,
      display_name text not null,
      display_name_key text not null,
      external_id text,
      managed_by text not null check (managed_by in ('scim', 'local')),
      deleted_at timestamptz,
      version integer not null check (version >= 1),
      created_at timestamptz not null,
      last_modified_at timestamptz not null,
      primary key (org_id, id)
    );
    create unique index groups_display_name on groups (org_id, display_name_key) where deleted_at is null;
    create unique index groups_external_id on groups (org_id, external_id) where deleted_at is null and external_id is not null;

    create table memberships (
      org_id uuid not null,
      group_id uuid not null,
      user_id uuid not null,
      position bigint generated always as identity,
      since timestamptz not null,
      primary key (org_id, group_id, user_id),
      foreign key (org_id, group_id) references groups (org_id, id) on delete cascade,
      foreign key (org_id, user_id) references users (org_id, id) on delete cascade
    );
    create index memberships_user on memberships (org_id, user_id, group_id);

    alter table groups enable row level security;
    alter table groups force row level security;
    create policy organization on groups using (org_id = current_organization());
    alter table memberships enable row level security;
    alter table memberships force row level security;
    create policy organization on memberships using (org_id = current_organization());
  `,
}
