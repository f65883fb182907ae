export const createActivity = {
  name: '022-create-activity',
  up: `
    create table activity (
      org_id uuid not null references organizations (id),
      id bigint generated always as identity,
      at timestamptz not null,
      request_id text not null,
      token_id uuid not null,
      provider text,
      action text not null,
      verb text not null,
      subject uuid,
      name text,
      outcome text not null check (outcome in ('changed', 'failed')),
      status integer,
      reason text,
      duration_ms double precision not null,
      body jsonb,
      primary key (org_id, id)
    );
    create index activity_action on activity (org_id, action, id);
    create index activity_at on activity (org_id, at);
    create index activity_failed on activity (org_id, id) where outcome = 'failed';
    create index activity_subject on activity (org_id, subject) where subject is not null;
    alter table activity enable row level security;
    alter table activity force row level security;
    create policy organization on activity using (org_id = current_organization());

    create table request_counts (
      org_id uuid not null references organizations (id),
      hour timestamptz not null,
      token_id uuid not null,
      reads bigint not null,
      writes bigint not null,
      failures bigint not null,
      slowest_ms double precision not null,
      last_at timestamptz not null,
      primary key (org_id, hour, token_id)
    );
    alter table request_counts enable row level security;
    alter table request_counts force row level security;
    create policy organization on request_counts using (org_id = current_organization());
  `,
}
