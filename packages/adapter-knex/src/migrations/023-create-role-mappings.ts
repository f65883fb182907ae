export const createRoleMappings = {
  name: '023-create-role-mappings',
  up: `
    create table role_mappings (
      org_id uuid not null,
      group_id uuid not null,
      role text not null check (role in ('member', 'auditor', 'admin')),
      primary key (org_id, group_id),
      foreign key (org_id, group_id) references groups (org_id, id) on delete cascade
    );
    alter table role_mappings enable row level security;
    alter table role_mappings force row level security;
    create policy organization on role_mappings using (org_id = current_organization());

    create index audit_events_at on audit_events (org_id, at);
    create index users_deleted on users (org_id, deleted_at) where directory = 'deleted';
    create index groups_deleted on groups (org_id, deleted_at) where deleted_at is not null;
  `,
}
