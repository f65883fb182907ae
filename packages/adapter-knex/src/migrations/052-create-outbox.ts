export const createOutbox = {
  name: '052-create-outbox',
  up: `
    -- No reference to organizations: each insert would lock the organisation's row, and whoever creates users does nothing but insert.
    create table outbox (
      org_id uuid not null,
      -- Mails leave in the order of the primary key: those of a first synchronisation after those that answer somebody.
      is_first_mail boolean not null,
      id bigint generated always as identity,
      key text not null,
      mail json not null,
      primary key (org_id, is_first_mail, id),
      unique (org_id, key)
    );
    alter table outbox enable row level security;
    alter table outbox force row level security;
    create policy organization on outbox using (org_id = current_organization());
    -- The relay asks who waits before it binds itself to one organisation after the other.
    create policy waiting on outbox for select using (current_organization() is null);
  `,
}
