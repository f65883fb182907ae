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

    -- PostgreSQL reads the text of each check of a table anew for each statement that writes to it, which cost more than the writing. It knows domains by heart,
    -- and a trigger looks only when what it is for is written.
    create domain user_directory as text check (value in ('enabled', 'deactivated', 'deleted'));
    create domain user_key_state as text check (value in ('none', 'registered'));
    create domain user_role as text check (value in ('member', 'auditor', 'admin', 'owner'));
    create domain manager as text check (value in ('scim', 'local'));
    create domain activity_outcome as text check (value in ('changed', 'failed'));
    alter table users
      drop constraint users_check1, drop constraint users_check2, drop constraint users_check3, drop constraint users_check4, drop constraint users_check5,
      drop constraint users_check6, drop constraint users_check7, drop constraint users_check8, drop constraint users_check9, drop constraint users_check10,
      drop constraint users_directory_check, drop constraint users_key_state_check, drop constraint users_role_check, drop constraint users_managed_by_check,
      drop constraint users_key_version_check, drop constraint users_version_check,
      alter column directory type user_directory, alter column key_state type user_key_state, alter column role type user_role,
      alter column managed_by type manager;
    alter table activity drop constraint activity_outcome_check, alter column outcome type activity_outcome;

    create function refuse_unsound_user() returns trigger language plpgsql as $$
      begin
        if (new.link_connection_id is null) <> (new.link_subject is null)
          or num_nonnulls(new.key_encryption_public, new.key_signing_public, new.key_fingerprint, new.key_envelope, new.key_envelope_version, new.key_registered_at)
            <> (case new.key_state when 'registered' then 6 else 0 end)
          or (new.key_reset_requested_at is null) <> (new.key_reset_effective_at is null)
          or (new.key_reset_requested_at is not null and new.key_state = 'none')
          or (new.role = 'owner' and new.managed_by <> 'local')
          or new.key_version < 0
        then
          raise exception 'Nobody can be like this: %', new.id using errcode = 'check_violation';
        end if;
        return new;
      end
    $$;
    create trigger refuse_unsound before insert or update of link_connection_id, link_subject, key_state, key_version, key_encryption_public, key_signing_public,
      key_fingerprint, key_envelope, key_envelope_version, key_registered_at, key_reset_requested_at, key_reset_effective_at, role, managed_by
      on users for each row execute function refuse_unsound_user();

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
