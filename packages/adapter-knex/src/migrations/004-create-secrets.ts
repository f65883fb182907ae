export const createSecrets = {
  name: '004-create-secrets',
  up: `
    create table scim_tokens (
      org_id uuid not null references organizations (id),
      id uuid not null,
      public_id text not null unique,
      hmac text not null,
      hmac_key_id text not null,
      description text not null,
      mode text not null check (mode in ('tolerant', 'strict')),
      created_at timestamptz not null,
      expires_at timestamptz,
      revoked_at timestamptz,
      frozen_at timestamptz,
      last_used_at timestamptz,
      last_used_address text,
      primary key (org_id, id)
    );
    alter table scim_tokens enable row level security;
    alter table scim_tokens force row level security;
    create policy organization on scim_tokens using (org_id = current_organization());
    -- A presented token is looked up before its organisation is known. Whoever is bound to one sees only its own.
    create policy presented on scim_tokens for select using (current_organization() is null);

    create table owner_links (
      org_id uuid not null,
      user_id uuid not null,
      hmac text not null unique,
      hmac_key_id text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      primary key (org_id, user_id),
      foreign key (org_id, user_id) references users (org_id, id) on delete cascade
    );
    alter table owner_links enable row level security;
    alter table owner_links force row level security;
    create policy organization on owner_links using (org_id = current_organization());
  `,
}
