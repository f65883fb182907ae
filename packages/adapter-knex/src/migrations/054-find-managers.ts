export const findManagers = {
  name: '054-find-managers',
  up: `
    -- Called for those who have a manager. As a join it was got ready for everybody who is read, which took PostgreSQL longer than to read them.
    create function live_manager(organization uuid, manager uuid) returns json language sql stable parallel safe as $$
      select json_build_object('id', users.id, 'displayName', users.attributes->>'displayName')
      from users where users.org_id = organization and users.id = manager and users.deleted_at is null
    $$;
  `,
}
