export const createOrganizations = {
  name: '001-create-organizations',
  up: `
    -- What the connection is bound to for this transaction; null where it is bound to nothing.
    create function current_organization() returns uuid language sql stable parallel safe
      return nullif(current_setting('latchkey.organization', true), '')::uuid;

    create table organizations (
      id uuid primary key,
      slug text not null unique,
      name text not null,
      scim_enabled boolean not null,
      created_at timestamptz not null
    );
  `,
}
