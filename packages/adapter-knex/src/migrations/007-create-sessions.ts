export const createSessions = {
  name: '007-create-sessions',
  up: `
    create table sessions (
      org_id uuid not null references organizations (id),
      id uuid not null,
      user_id uuid not null,
      hmac text not null unique,
      hmac_key_id text not null,
      via text not null check (via in ('sso', 'owner-link', 'owner-proof')),
      authenticated_at timestamptz not null,
      last_used_at timestamptz not null,
      unlocked_at timestamptz,
      address text not null,
      user_agent text not null,
      primary key (org_id, id),
      foreign key (org_id, user_id) references users (org_id, id) on delete cascade
    );
    create index sessions_user on sessions (org_id, user_id);
    alter table sessions enable row level security;
    alter table sessions force row level security;
    create policy organization on sessions using (org_id = current_organization());
    -- A presented token is looked up before its organisation is known. Whoever is bound to one sees only its own.
    create policy presented on sessions for select using (current_organization() is null);
  `,
}
