/**
 * What a change of one user has to write besides the user (decision 0042). An update that touches no indexed column stays on its page and leaves the indexes alone, if the
 * page has room; `directory` stood in the conditions of indexes, so that every deactivation was written into all of them.
 */
export const writeLess = {
  name: '050-write-less',
  up: `
    alter table users set (fillfactor = 85);
    alter table groups set (fillfactor = 85);

    drop index users_user_name;
    drop index users_external_id;
    drop index users_owners;
    drop index users_deleted;
    create unique index users_user_name on users (org_id, user_name_key) where deleted_at is null;
    create unique index users_external_id on users (org_id, external_id) where deleted_at is null and external_id is not null;
    create index users_owners on users (org_id) where role = 'owner' and deleted_at is null;
    create index users_deleted on users (org_id, deleted_at) where deleted_at is not null;

    -- Each event locked its organisation's row, one row for all who write at once. Rows are bound to the organisation by their policy, and organisations stay.
    alter table audit_events drop constraint audit_events_org_id_fkey;
    alter table activity drop constraint activity_org_id_fkey;

    -- For a change that rests on what was seen before: none of it is kept where that has changed, and the change is made anew.
    create function hold(held bigint) returns void language plpgsql as $$
      begin
        if held = 0 then
          raise exception 'What this change rests on has changed.' using errcode = 'serialization_failure';
        end if;
      end
    $$;
  `,
}
