export const createApiTokens = {
  name: '024-create-api-tokens',
  up: `
    create table api_tokens (
      org_id uuid not null references organizations (id),
      id uuid not null,
      public_id text not null unique,
      hmac text not null,
      hmac_key_id text not null,
      description text not null,
      role text not null check (role in ('auditor', 'admin', 'owner')),
      created_at timestamptz not null,
      expires_at timestamptz,
      revoked_at timestamptz,
      last_used_at timestamptz,
      primary key (org_id, id)
    );
    alter table api_tokens enable row level security;
    alter table api_tokens force row level security;
    create policy organization on api_tokens using (org_id = current_organization());
    -- A presented token is looked up before its organisation is known. Whoever is bound to one sees only its own.
    create policy presented on api_tokens for select using (current_organization() is null);
  `,
}
