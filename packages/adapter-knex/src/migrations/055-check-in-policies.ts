/**
 * What a change costs beside what it writes (decision 0055). PostgreSQL reads the text of each check of a table anew for each statement that writes to it, and calls a trigger
 * for each row; the conditions of a policy are in the plan.
 */
export const checkInPolicies = {
  name: '055-check-in-policies',
  up: `
    create function is_sound(person users) returns boolean language sql immutable parallel safe as $$
      select (person.directory = 'deleted') = (person.deleted_at is not null)
        and (person.link_connection_id is null) = (person.link_subject is null)
        and num_nonnulls(person.key_encryption_public, person.key_signing_public, person.key_fingerprint, person.key_envelope, person.key_envelope_version, person.key_registered_at)
          = (case person.key_state when 'registered' then 6 else 0 end)
        and (person.key_reset_requested_at is null) = (person.key_reset_effective_at is null)
        and (person.key_reset_requested_at is null or person.key_state <> 'none')
        and (person.role is distinct from 'owner' or person.managed_by = 'local')
        and person.key_version >= 0
    $$;
    create function refuse_unsound(id uuid) returns boolean language plpgsql as $$
      begin
        raise exception 'Nobody can be like this: %', id using errcode = 'check_violation';
      end
    $$;
    drop trigger refuse_unsound on users;
    drop function refuse_unsound_user();
    alter table users drop constraint users_check;
    alter policy organization on users with check (org_id = current_organization() and (is_sound(users) or refuse_unsound(id)));

    -- An event is appended as nothing but an event, and sealed with all that seals it.
    alter table audit_events drop constraint audit_events_check, drop constraint audit_events_check1;
    alter policy append on audit_events with check (org_id = current_organization() and num_nonnulls(sequence, previous_hash, hash) = 0);
    alter policy seal on audit_events with check (org_id = current_organization() and num_nonnulls(sequence, previous_hash, hash) = 3);

    alter table groups drop constraint groups_managed_by_check, drop constraint groups_version_check, alter column managed_by type manager;

    -- Each key locked the one row of its organisation, as events once did. Rows are bound to it by their policy, and organisations stay.
    alter table audit_personal_keys drop constraint audit_personal_keys_org_id_fkey;

    -- A mail of 4 kB waits for a moment: to compress it took longer than to write it.
    alter table outbox alter column mail set storage external, set (toast_tuple_target = 8160);
  `,
}
