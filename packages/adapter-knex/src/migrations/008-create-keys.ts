export const createKeys = {
  name: '008-create-keys',
  up: `
    create table key_proofs (
      org_id uuid not null,
      user_id uuid not null,
      unlock_digest text not null,
      recovery_digest text not null,
      primary key (org_id, user_id),
      foreign key (org_id, user_id) references users (org_id, id) on delete cascade
    );
    alter table key_proofs enable row level security;
    alter table key_proofs force row level security;
    create policy organization on key_proofs using (org_id = current_organization());

    -- Protected keys of a reset, kept where no request reaches them until the retention period is over.
    create table retired_keys (
      org_id uuid not null,
      user_id uuid not null,
      version integer not null,
      envelope text not null,
      retired_at timestamptz not null,
      primary key (org_id, user_id, version),
      foreign key (org_id, user_id) references users (org_id, id) on delete cascade
    );
    alter table retired_keys enable row level security;
    alter table retired_keys force row level security;
    create policy organization on retired_keys using (org_id = current_organization());

    create table key_log (
      org_id uuid not null references organizations (id),
      sequence integer not null check (sequence >= 1),
      user_id uuid not null,
      version integer not null,
      statement text not null,
      statement_signature text not null,
      previous_signature text,
      at timestamptz not null,
      previous_hash text,
      hash text not null,
      primary key (org_id, sequence),
      unique (org_id, user_id, version),
      check ((sequence = 1) = (previous_hash is null))
    );
    alter table key_log enable row level security;
    alter table key_log force row level security;
    -- Statements are appended and read; there is no policy by which one could be changed or taken away (KEY-4).
    create policy append on key_log for insert with check (org_id = current_organization());
    create policy read on key_log for select using (org_id = current_organization());

    create table wrong_proofs (
      org_id uuid not null,
      id bigint generated always as identity,
      user_id uuid not null,
      source text not null,
      at timestamptz not null,
      primary key (org_id, id),
      foreign key (org_id, user_id) references users (org_id, id) on delete cascade
    );
    create index wrong_proofs_user on wrong_proofs (org_id, user_id, at);
    alter table wrong_proofs enable row level security;
    alter table wrong_proofs force row level security;
    create policy organization on wrong_proofs using (org_id = current_organization());

    create table notes (
      org_id uuid not null,
      user_id uuid not null,
      sealed text not null,
      primary key (org_id, user_id),
      foreign key (org_id, user_id) references users (org_id, id) on delete cascade
    );
    alter table notes enable row level security;
    alter table notes force row level security;
    create policy organization on notes using (org_id = current_organization());

    create index users_owners on users (org_id) where role = 'owner' and directory <> 'deleted';
    create index users_resets on users (org_id, key_reset_effective_at) where key_reset_effective_at is not null;
    -- A presented link is looked up before its organisation is known. Whoever is bound to one sees only its own.
    create policy presented on owner_links for select using (current_organization() is null);
  `,
}
