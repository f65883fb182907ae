export const createDeployment = {
  name: '021-create-deployment',
  up: `
    -- One row for the whole database: what belongs to no organisation.
    create table deployment (
      only_row boolean not null default true check (only_row),
      created_at timestamptz not null,
      licence text,
      primary key (only_row)
    );
    insert into deployment (created_at) select coalesce(min(created_at), now()) from organizations;
  `,
}
