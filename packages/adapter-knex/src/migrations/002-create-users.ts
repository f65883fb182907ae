export const createUsers = {
  name: '002-create-users',
  up: `
    create table users (
      org_id uuid not null references organizations (id),
      id uuid not null,
      user_name text not null,
      user_name_key text not null,
      external_id text,
      managed_by text not null check (managed_by in ('scim', 'local')),
      role text check (role in ('member', 'auditor', 'admin', 'owner')),
      directory text not null check (directory in ('enabled', 'deactivated', 'deleted')),
      deleted_at timestamptz,
      link_connection_id uuid,
      link_subject text,
      key_state text not null check (key_state in ('none', 'registered')),
      key_version integer not null check (key_version >= 0),
      key_encryption_public text,
      key_signing_public text,
      key_fingerprint text,
      key_envelope text,
      key_envelope_version integer,
      key_registered_at timestamptz,
      key_reset_requested_at timestamptz,
      key_reset_effective_at timestamptz,
      set_up_mail_queued boolean not null,
      attributes jsonb not null,
      search jsonb not null,
      display_key text not null,
      manager_id uuid,
      version integer not null check (version >= 1),
      created_at timestamptz not null,
      last_modified_at timestamptz not null,
      primary key (org_id, id),
      check ((directory = 'deleted') = (deleted_at is not null)),
      check ((link_connection_id is null) = (link_subject is null)),
      check ((key_state = 'registered') = (key_fingerprint is not null)),
      check ((key_state = 'registered') = (key_encryption_public is not null)),
      check ((key_state = 'registered') = (key_signing_public is not null)),
      check ((key_state = 'registered') = (key_envelope is not null)),
      check ((key_state = 'registered') = (key_envelope_version is not null)),
      check ((key_state = 'registered') = (key_registered_at is not null)),
      check ((key_reset_requested_at is null) = (key_reset_effective_at is null)),
      check (key_reset_requested_at is null or key_state = 'registered'),
      check (role is distinct from 'owner' or managed_by = 'local')
    );
    create unique index users_user_name on users (org_id, user_name_key) where directory <> 'deleted';
    create unique index users_external_id on users (org_id, external_id) where directory <> 'deleted' and external_id is not null;
    create index users_link on users (org_id, link_connection_id, link_subject) where link_connection_id is not null;

    create table user_emails (
      org_id uuid not null,
      user_id uuid not null,
      value_key text not null,
      primary key (org_id, user_id, value_key),
      foreign key (org_id, user_id) references users (org_id, id) on delete cascade
    );
    create index user_emails_value on user_emails (org_id, value_key);

    alter table users enable row level security;
    alter table users force row level security;
    create policy organization on users using (org_id = current_organization());
    alter table user_emails enable row level security;
    alter table user_emails force row level security;
    create policy organization on user_emails using (org_id = current_organization());
  `,
}
