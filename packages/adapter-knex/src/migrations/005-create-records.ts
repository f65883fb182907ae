export const createRecords = {
  name: '005-create-records',
  up: `
    create table audit_events (
      org_id uuid not null references organizations (id),
      id bigint generated always as identity,
      at timestamptz not null,
      actor jsonb not null,
      event jsonb not null,
      primary key (org_id, id)
    );
    alter table audit_events enable row level security;
    alter table audit_events force row level security;
    -- Events are appended and read; there is no policy by which one could be changed or taken away.
    create policy append on audit_events for insert with check (org_id = current_organization());
    create policy read on audit_events for select using (org_id = current_organization());

    create table mail_log (
      org_id uuid not null references organizations (id),
      key text not null,
      recipient_key text not null,
      sent_at timestamptz not null,
      primary key (org_id, key)
    );
    create index mail_log_sent on mail_log (org_id, sent_at);
    create index mail_log_recipient on mail_log (org_id, recipient_key, sent_at);
    alter table mail_log enable row level security;
    alter table mail_log force row level security;
    create policy organization on mail_log using (org_id = current_organization());
  `,
}
