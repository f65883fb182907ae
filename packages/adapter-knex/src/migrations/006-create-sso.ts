export const createSso = {
  name: '006-create-sso',
  up: `
    create table sso_connections (
      org_id uuid primary key references organizations (id),
      id uuid not null unique,
      match_claim text not null,
      match_attribute text not null check (match_attribute in ('userName', 'externalId')),
      settings jsonb not null
    );
    alter table sso_connections enable row level security;
    alter table sso_connections force row level security;
    create policy organization on sso_connections using (org_id = current_organization());
    -- What a browser brings back names a connection or an attempt before the organisation is known.
    create policy presented on sso_connections for select using (current_organization() is null);

    create table sign_in_attempts (
      org_id uuid not null references organizations (id),
      hmac text not null unique,
      hmac_key_id text not null,
      connection_id uuid not null,
      remember text not null,
      owner_id uuid,
      expires_at timestamptz not null,
      primary key (org_id, hmac)
    );
    alter table sign_in_attempts enable row level security;
    alter table sign_in_attempts force row level security;
    create policy organization on sign_in_attempts using (org_id = current_organization());
    create policy presented on sign_in_attempts for select using (current_organization() is null);

    create table seen_assertions (
      org_id uuid not null references organizations (id),
      connection_id uuid not null,
      assertion_id text not null,
      expires_at timestamptz not null,
      primary key (org_id, connection_id, assertion_id)
    );
    alter table seen_assertions enable row level security;
    alter table seen_assertions force row level security;
    create policy organization on seen_assertions using (org_id = current_organization());

    create table sign_in_places (
      org_id uuid not null,
      user_id uuid not null,
      place text not null,
      primary key (org_id, user_id, place),
      foreign key (org_id, user_id) references users (org_id, id) on delete cascade
    );
    alter table sign_in_places enable row level security;
    alter table sign_in_places force row level security;
    create policy organization on sign_in_places using (org_id = current_organization());
  `,
}
