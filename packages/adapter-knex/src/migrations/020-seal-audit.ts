export const sealAudit = {
  name: '020-seal-audit',
  up: `
    -- What owners decided otherwise than preset.
    alter table organizations add column settings jsonb not null default '{}';

    -- 'personal' is JSON until the event is sealed, and ciphertext from then on.
    alter table audit_events
      add column subject uuid,
      add column personal text,
      add column sequence bigint,
      add column previous_hash text,
      add column hash text,
      add check ((sequence is null) = (hash is null)),
      add check ((sequence is null) = (previous_hash is null));
    create unique index audit_events_sequence on audit_events (org_id, sequence) where sequence is not null;
    create index audit_events_unsealed on audit_events (org_id, id) where sequence is null;
    create index audit_events_subject on audit_events (org_id, subject, id) where subject is not null;

    create table audit_chains (
      org_id uuid not null references organizations (id),
      expired_sequence bigint not null,
      expired_hash text not null,
      head_sequence bigint not null,
      head_hash text not null,
      primary key (org_id)
    );
    alter table audit_chains enable row level security;
    alter table audit_chains force row level security;
    create policy organization on audit_chains using (org_id = current_organization());

    -- The key under which the trail tells of a person; null once that person is erased.
    create table audit_personal_keys (
      org_id uuid not null references organizations (id),
      user_id uuid not null,
      key text,
      primary key (org_id, user_id)
    );
    alter table audit_personal_keys enable row level security;
    alter table audit_personal_keys force row level security;
    create policy organization on audit_personal_keys using (org_id = current_organization());

    -- An event is sealed once, by columns that nothing else uses, and goes when the chain says that its time is over.
    revoke update, truncate on audit_events from current_user;
    grant update (personal, sequence, previous_hash, hash) on audit_events to current_user;
    create policy seal on audit_events for update
      using (org_id = current_organization() and sequence is null)
      with check (org_id = current_organization() and sequence is not null);
    create policy expire on audit_events for delete
      using (org_id = current_organization() and sequence <= (select expired_sequence from audit_chains where audit_chains.org_id = audit_events.org_id));
  `,
}
