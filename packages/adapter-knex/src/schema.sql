create table activity (
  org_id uuid not null,
  id bigint not null generated always as identity,
  at timestamp with time zone not null,
  request_id text not null,
  token_id uuid not null,
  provider text,
  action text not null,
  verb text not null,
  subject uuid,
  name text,
  outcome activity_outcome not null,
  status integer,
  reason text,
  duration_ms double precision not null,
  body jsonb,
  constraint activity_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX activity_action ON public.activity USING btree (org_id, action, id);
CREATE INDEX activity_at ON public.activity USING btree (org_id, at);
CREATE INDEX activity_failed ON public.activity USING btree (org_id, id) WHERE ((outcome)::text = 'failed'::text);
CREATE INDEX activity_subject ON public.activity USING btree (org_id, subject) WHERE (subject IS NOT NULL);
alter table activity enable row level security;
alter table activity force row level security;
create policy organization on activity for all using ((org_id = current_organization()));

create table api_tokens (
  org_id uuid not null,
  id uuid not null,
  public_id text not null,
  hmac text not null,
  hmac_key_id text not null,
  description text not null,
  role text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  constraint api_tokens_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint api_tokens_pkey PRIMARY KEY (org_id, id),
  constraint api_tokens_public_id_key UNIQUE (public_id),
  constraint api_tokens_role_check CHECK ((role = ANY (ARRAY['auditor'::text, 'admin'::text, 'owner'::text])))
);
alter table api_tokens enable row level security;
alter table api_tokens force row level security;
create policy organization on api_tokens for all using ((org_id = current_organization()));
create policy presented on api_tokens for select using ((current_organization() IS NULL));

create table audit_chains (
  org_id uuid not null,
  expired_sequence bigint not null,
  expired_hash text not null,
  head_sequence bigint not null,
  head_hash text not null,
  constraint audit_chains_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint audit_chains_pkey PRIMARY KEY (org_id)
);
alter table audit_chains enable row level security;
alter table audit_chains force row level security;
create policy organization on audit_chains for all using ((org_id = current_organization()));

create table audit_events (
  org_id uuid not null,
  id bigint not null generated always as identity,
  at timestamp with time zone not null,
  actor jsonb not null,
  event jsonb not null,
  subject uuid,
  personal text,
  sequence bigint,
  previous_hash text,
  hash text,
  constraint audit_events_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX audit_events_at ON public.audit_events USING btree (org_id, at);
CREATE INDEX audit_events_subject ON public.audit_events USING btree (org_id, subject, id) WHERE (subject IS NOT NULL);
CREATE INDEX audit_events_unsealed ON public.audit_events USING btree (org_id, id) WHERE (sequence IS NULL);
CREATE UNIQUE INDEX audit_events_sequence ON public.audit_events USING btree (org_id, sequence) WHERE (sequence IS NOT NULL);
alter table audit_events enable row level security;
alter table audit_events force row level security;
create policy append on audit_events for insert with check (((org_id = current_organization()) AND (num_nonnulls(sequence, previous_hash, hash) = 0)));
create policy expire on audit_events for delete using (((org_id = current_organization()) AND (sequence <= ( SELECT audit_chains.expired_sequence
   FROM audit_chains
  WHERE (audit_chains.org_id = audit_events.org_id)))));
create policy read on audit_events for select using ((org_id = current_organization()));
create policy seal on audit_events for update using (((org_id = current_organization()) AND (sequence IS NULL))) with check (((org_id = current_organization()) AND (num_nonnulls(sequence, previous_hash, hash) = 3)));

create table audit_personal_keys (
  org_id uuid not null,
  user_id uuid not null,
  key text,
  constraint audit_personal_keys_pkey PRIMARY KEY (org_id, user_id)
);
alter table audit_personal_keys enable row level security;
alter table audit_personal_keys force row level security;
create policy organization on audit_personal_keys for all using ((org_id = current_organization()));

create table deployment (
  only_row boolean not null default true,
  created_at timestamp with time zone not null,
  licence text,
  constraint deployment_only_row_check CHECK (only_row),
  constraint deployment_pkey PRIMARY KEY (only_row)
);

create table epoch_rosters (
  org_id uuid not null,
  group_id uuid not null,
  number integer not null,
  user_id uuid not null,
  fingerprint text not null,
  constraint epoch_rosters_org_id_group_id_number_fkey FOREIGN KEY (org_id, group_id, number) REFERENCES group_epochs(org_id, group_id, number) ON DELETE CASCADE,
  constraint epoch_rosters_pkey PRIMARY KEY (org_id, group_id, number, user_id)
);
alter table epoch_rosters enable row level security;
alter table epoch_rosters force row level security;
create policy organization on epoch_rosters for all using ((org_id = current_organization()));

create table group_epochs (
  org_id uuid not null,
  group_id uuid not null,
  number integer not null,
  statement text not null,
  signature text not null,
  hash text not null,
  maker uuid not null,
  made_at timestamp with time zone not null,
  constraint group_epochs_number_check CHECK ((number >= 1)),
  constraint group_epochs_org_id_group_id_fkey FOREIGN KEY (org_id, group_id) REFERENCES groups(org_id, id) ON DELETE CASCADE,
  constraint group_epochs_pkey PRIMARY KEY (org_id, group_id, number)
);
alter table group_epochs enable row level security;
alter table group_epochs force row level security;
create policy organization on group_epochs for all using ((org_id = current_organization()));

create table group_notes (
  org_id uuid not null,
  group_id uuid not null,
  epoch integer not null,
  sealed text not null,
  version integer not null,
  constraint group_notes_org_id_group_id_fkey FOREIGN KEY (org_id, group_id) REFERENCES groups(org_id, id) ON DELETE CASCADE,
  constraint group_notes_pkey PRIMARY KEY (org_id, group_id),
  constraint group_notes_version_check CHECK ((version >= 1))
);
alter table group_notes enable row level security;
alter table group_notes force row level security;
create policy organization on group_notes for all using ((org_id = current_organization()));

create table groups (
  org_id uuid not null,
  id uuid not null,
  display_name text not null,
  display_name_key text not null,
  external_id text,
  managed_by manager not null,
  deleted_at timestamp with time zone,
  version integer not null,
  created_at timestamp with time zone not null,
  last_modified_at timestamp with time zone not null,
  constraint groups_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint groups_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX groups_deleted ON public.groups USING btree (org_id, deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE UNIQUE INDEX groups_display_name ON public.groups USING btree (org_id, display_name_key) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX groups_external_id ON public.groups USING btree (org_id, external_id) WHERE ((deleted_at IS NULL) AND (external_id IS NOT NULL));
alter table groups enable row level security;
alter table groups force row level security;
create policy organization on groups for all using ((org_id = current_organization()));

create table key_grants (
  org_id uuid not null,
  id bigint not null generated always as identity,
  group_id uuid not null,
  epoch integer not null,
  recipient uuid not null,
  fingerprint text not null,
  issuer uuid not null,
  approval text not null,
  statement text not null,
  signature text not null,
  sealed text,
  membership bigint not null,
  granted_at timestamp with time zone not null,
  withheld_since timestamp with time zone,
  constraint key_grants_approval_check CHECK ((approval = ANY (ARRAY['by-hand'::text, 'automatic'::text, 'carried-over'::text]))),
  constraint key_grants_org_id_group_id_epoch_fkey FOREIGN KEY (org_id, group_id, epoch) REFERENCES group_epochs(org_id, group_id, number) ON DELETE CASCADE,
  constraint key_grants_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX key_grants_automatic ON public.key_grants USING btree (org_id, granted_at) WHERE (approval = 'automatic'::text);
CREATE INDEX key_grants_recipient ON public.key_grants USING btree (org_id, group_id, epoch, recipient);
CREATE INDEX key_grants_withheld ON public.key_grants USING btree (org_id, withheld_since) WHERE ((withheld_since IS NOT NULL) AND (sealed IS NOT NULL));
CREATE UNIQUE INDEX key_grants_sealed ON public.key_grants USING btree (org_id, group_id, epoch, recipient, fingerprint) WHERE (sealed IS NOT NULL);
alter table key_grants enable row level security;
alter table key_grants force row level security;
create policy organization on key_grants for all using ((org_id = current_organization()));

create table key_log (
  org_id uuid not null,
  sequence integer not null,
  user_id uuid not null,
  version integer not null,
  statement text not null,
  statement_signature text not null,
  previous_signature text,
  at timestamp with time zone not null,
  previous_hash text,
  hash text not null,
  constraint key_log_check CHECK (((sequence = 1) = (previous_hash IS NULL))),
  constraint key_log_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint key_log_org_id_user_id_version_key UNIQUE (org_id, user_id, version),
  constraint key_log_pkey PRIMARY KEY (org_id, sequence),
  constraint key_log_sequence_check CHECK ((sequence >= 1))
);
alter table key_log enable row level security;
alter table key_log force row level security;
create policy append on key_log for insert with check ((org_id = current_organization()));
create policy read on key_log for select using ((org_id = current_organization()));

create table key_proofs (
  org_id uuid not null,
  user_id uuid not null,
  unlock_digest text not null,
  recovery_digest text not null,
  constraint key_proofs_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES users(org_id, id) ON DELETE CASCADE,
  constraint key_proofs_pkey PRIMARY KEY (org_id, user_id)
);
alter table key_proofs enable row level security;
alter table key_proofs force row level security;
create policy organization on key_proofs for all using ((org_id = current_organization()));

create table mail_log (
  org_id uuid not null,
  key text not null,
  recipient_key text not null,
  sent_at timestamp with time zone not null,
  constraint mail_log_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint mail_log_pkey PRIMARY KEY (org_id, key)
);
CREATE INDEX mail_log_recipient ON public.mail_log USING btree (org_id, recipient_key, sent_at);
CREATE INDEX mail_log_sent ON public.mail_log USING btree (org_id, sent_at);
alter table mail_log enable row level security;
alter table mail_log force row level security;
create policy organization on mail_log for all using ((org_id = current_organization()));

create table memberships (
  org_id uuid not null,
  group_id uuid not null,
  user_id uuid not null,
  "position" bigint not null generated always as identity,
  since timestamp with time zone not null,
  constraint memberships_org_id_group_id_fkey FOREIGN KEY (org_id, group_id) REFERENCES groups(org_id, id) ON DELETE CASCADE,
  constraint memberships_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES users(org_id, id) ON DELETE CASCADE,
  constraint memberships_pkey PRIMARY KEY (org_id, group_id, user_id)
);
CREATE INDEX memberships_order ON public.memberships USING btree (org_id, NULLIF(group_id, '00000000-0000-0000-0000-000000000000'::uuid), "position");
CREATE INDEX memberships_user ON public.memberships USING btree (org_id, user_id, group_id);
alter table memberships enable row level security;
alter table memberships force row level security;
create policy organization on memberships for all using ((org_id = current_organization()));

create table notes (
  org_id uuid not null,
  user_id uuid not null,
  sealed text not null,
  constraint notes_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES users(org_id, id) ON DELETE CASCADE,
  constraint notes_pkey PRIMARY KEY (org_id, user_id)
);
alter table notes enable row level security;
alter table notes force row level security;
create policy organization on notes for all using ((org_id = current_organization()));

create table organizations (
  id uuid not null,
  slug text not null,
  name text not null,
  scim_enabled boolean not null,
  created_at timestamp with time zone not null,
  settings jsonb not null default '{}'::jsonb,
  constraint organizations_pkey PRIMARY KEY (id),
  constraint organizations_slug_key UNIQUE (slug)
);

create table outbox (
  org_id uuid not null,
  is_first_mail boolean not null,
  id bigint not null generated always as identity,
  key text not null,
  mail json not null,
  constraint outbox_org_id_key_key UNIQUE (org_id, key),
  constraint outbox_pkey PRIMARY KEY (org_id, is_first_mail, id)
);
alter table outbox enable row level security;
alter table outbox force row level security;
create policy organization on outbox for all using ((org_id = current_organization()));
create policy waiting on outbox for select using ((current_organization() IS NULL));

create table owner_links (
  org_id uuid not null,
  user_id uuid not null,
  hmac text not null,
  hmac_key_id text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint owner_links_hmac_key UNIQUE (hmac),
  constraint owner_links_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES users(org_id, id) ON DELETE CASCADE,
  constraint owner_links_pkey PRIMARY KEY (org_id, user_id)
);
alter table owner_links enable row level security;
alter table owner_links force row level security;
create policy organization on owner_links for all using ((org_id = current_organization()));
create policy presented on owner_links for select using ((current_organization() IS NULL));

create table request_counts (
  org_id uuid not null,
  hour timestamp with time zone not null,
  token_id uuid not null,
  reads bigint not null,
  writes bigint not null,
  failures bigint not null,
  slowest_ms double precision not null,
  last_at timestamp with time zone not null,
  constraint request_counts_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint request_counts_pkey PRIMARY KEY (org_id, hour, token_id)
);
alter table request_counts enable row level security;
alter table request_counts force row level security;
create policy organization on request_counts for all using ((org_id = current_organization()));

create table retired_keys (
  org_id uuid not null,
  user_id uuid not null,
  version integer not null,
  envelope text not null,
  retired_at timestamp with time zone not null,
  constraint retired_keys_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES users(org_id, id) ON DELETE CASCADE,
  constraint retired_keys_pkey PRIMARY KEY (org_id, user_id, version)
);
alter table retired_keys enable row level security;
alter table retired_keys force row level security;
create policy organization on retired_keys for all using ((org_id = current_organization()));

create table role_mappings (
  org_id uuid not null,
  group_id uuid not null,
  role text not null,
  constraint role_mappings_org_id_group_id_fkey FOREIGN KEY (org_id, group_id) REFERENCES groups(org_id, id) ON DELETE CASCADE,
  constraint role_mappings_pkey PRIMARY KEY (org_id, group_id),
  constraint role_mappings_role_check CHECK ((role = ANY (ARRAY['member'::text, 'auditor'::text, 'admin'::text])))
);
alter table role_mappings enable row level security;
alter table role_mappings force row level security;
create policy organization on role_mappings for all using ((org_id = current_organization()));

create table scim_tokens (
  org_id uuid not null,
  id uuid not null,
  public_id text not null,
  hmac text not null,
  hmac_key_id text not null,
  description text not null,
  mode text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  frozen_at timestamp with time zone,
  last_used_at timestamp with time zone,
  last_used_address text,
  created_by jsonb,
  constraint scim_tokens_mode_check CHECK ((mode = ANY (ARRAY['tolerant'::text, 'strict'::text]))),
  constraint scim_tokens_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint scim_tokens_pkey PRIMARY KEY (org_id, id),
  constraint scim_tokens_public_id_key UNIQUE (public_id)
);
alter table scim_tokens enable row level security;
alter table scim_tokens force row level security;
create policy organization on scim_tokens for all using ((org_id = current_organization()));
create policy presented on scim_tokens for select using ((current_organization() IS NULL));

create table seen_assertions (
  org_id uuid not null,
  connection_id uuid not null,
  assertion_id text not null,
  expires_at timestamp with time zone not null,
  constraint seen_assertions_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint seen_assertions_pkey PRIMARY KEY (org_id, connection_id, assertion_id)
);
alter table seen_assertions enable row level security;
alter table seen_assertions force row level security;
create policy organization on seen_assertions for all using ((org_id = current_organization()));

create table sessions (
  org_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  hmac text not null,
  hmac_key_id text not null,
  via text not null,
  authenticated_at timestamp with time zone not null,
  last_used_at timestamp with time zone not null,
  unlocked_at timestamp with time zone,
  address text not null,
  user_agent text not null,
  constraint sessions_hmac_key UNIQUE (hmac),
  constraint sessions_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint sessions_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES users(org_id, id) ON DELETE CASCADE,
  constraint sessions_pkey PRIMARY KEY (org_id, id),
  constraint sessions_via_check CHECK ((via = ANY (ARRAY['sso'::text, 'owner-link'::text, 'owner-proof'::text])))
);
CREATE INDEX sessions_user ON public.sessions USING btree (org_id, user_id);
alter table sessions enable row level security;
alter table sessions force row level security;
create policy organization on sessions for all using ((org_id = current_organization()));
create policy presented on sessions for select using ((current_organization() IS NULL));

create table sign_in_attempts (
  org_id uuid not null,
  hmac text not null,
  hmac_key_id text not null,
  connection_id uuid not null,
  remember text not null,
  owner_id uuid,
  expires_at timestamp with time zone not null,
  constraint sign_in_attempts_hmac_key UNIQUE (hmac),
  constraint sign_in_attempts_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint sign_in_attempts_pkey PRIMARY KEY (org_id, hmac)
);
alter table sign_in_attempts enable row level security;
alter table sign_in_attempts force row level security;
create policy organization on sign_in_attempts for all using ((org_id = current_organization()));
create policy presented on sign_in_attempts for select using ((current_organization() IS NULL));

create table sign_in_places (
  org_id uuid not null,
  user_id uuid not null,
  place text not null,
  constraint sign_in_places_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES users(org_id, id) ON DELETE CASCADE,
  constraint sign_in_places_pkey PRIMARY KEY (org_id, user_id, place)
);
alter table sign_in_places enable row level security;
alter table sign_in_places force row level security;
create policy organization on sign_in_places for all using ((org_id = current_organization()));

create table sso_connections (
  org_id uuid not null,
  id uuid not null,
  match_claim text not null,
  match_attribute text not null,
  settings jsonb not null,
  constraint sso_connections_id_key UNIQUE (id),
  constraint sso_connections_match_attribute_check CHECK ((match_attribute = ANY (ARRAY['userName'::text, 'externalId'::text]))),
  constraint sso_connections_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint sso_connections_pkey PRIMARY KEY (org_id)
);
alter table sso_connections enable row level security;
alter table sso_connections force row level security;
create policy organization on sso_connections for all using ((org_id = current_organization()));
create policy presented on sso_connections for select using ((current_organization() IS NULL));

create table user_emails (
  org_id uuid not null,
  user_id uuid not null,
  value_key text not null,
  constraint user_emails_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES users(org_id, id) ON DELETE CASCADE,
  constraint user_emails_pkey PRIMARY KEY (org_id, user_id, value_key)
);
CREATE INDEX user_emails_value ON public.user_emails USING btree (org_id, value_key);
alter table user_emails enable row level security;
alter table user_emails force row level security;
create policy organization on user_emails for all using ((org_id = current_organization()));

create table users (
  org_id uuid not null,
  id uuid not null,
  user_name text not null,
  user_name_key text not null,
  external_id text,
  managed_by manager not null,
  role user_role,
  directory user_directory not null,
  deleted_at timestamp with time zone,
  link_connection_id uuid,
  link_subject text,
  key_state user_key_state not null,
  key_version integer not null,
  key_encryption_public text,
  key_signing_public text,
  key_fingerprint text,
  key_envelope text,
  key_envelope_version integer,
  key_registered_at timestamp with time zone,
  key_reset_requested_at timestamp with time zone,
  key_reset_effective_at timestamp with time zone,
  set_up_mail_queued boolean not null,
  attributes jsonb not null,
  search jsonb not null,
  display_key text not null,
  manager_id uuid,
  version integer not null,
  created_at timestamp with time zone not null,
  last_modified_at timestamp with time zone not null,
  constraint users_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint users_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX users_deleted ON public.users USING btree (org_id, deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE INDEX users_link ON public.users USING btree (org_id, link_connection_id, link_subject) WHERE (link_connection_id IS NOT NULL);
CREATE INDEX users_owners ON public.users USING btree (org_id) WHERE (((role)::text = 'owner'::text) AND (deleted_at IS NULL));
CREATE INDEX users_resets ON public.users USING btree (org_id, key_reset_effective_at) WHERE (key_reset_effective_at IS NOT NULL);
CREATE UNIQUE INDEX users_external_id ON public.users USING btree (org_id, external_id) WHERE ((deleted_at IS NULL) AND (external_id IS NOT NULL));
CREATE UNIQUE INDEX users_user_name ON public.users USING btree (org_id, user_name_key) WHERE (deleted_at IS NULL);
alter table users enable row level security;
alter table users force row level security;
create policy organization on users for all using ((org_id = current_organization())) with check (((org_id = current_organization()) AND (is_sound(users.*) OR refuse_unsound(id))));

create table wrong_proofs (
  org_id uuid not null,
  id bigint not null generated always as identity,
  user_id uuid not null,
  source text not null,
  at timestamp with time zone not null,
  constraint wrong_proofs_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES users(org_id, id) ON DELETE CASCADE,
  constraint wrong_proofs_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX wrong_proofs_user ON public.wrong_proofs USING btree (org_id, user_id, at);
alter table wrong_proofs enable row level security;
alter table wrong_proofs force row level security;
create policy organization on wrong_proofs for all using ((org_id = current_organization()));

create domain activity_outcome as text CHECK ((VALUE = ANY (ARRAY['changed'::text, 'failed'::text])));
create domain manager as text CHECK ((VALUE = ANY (ARRAY['scim'::text, 'local'::text])));
create domain user_directory as text CHECK ((VALUE = ANY (ARRAY['enabled'::text, 'deactivated'::text, 'deleted'::text])));
create domain user_key_state as text CHECK ((VALUE = ANY (ARRAY['none'::text, 'registered'::text])));
create domain user_role as text CHECK ((VALUE = ANY (ARRAY['member'::text, 'auditor'::text, 'admin'::text, 'owner'::text])));

CREATE OR REPLACE FUNCTION public.current_organization()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('latchkey.organization'::text, true), ''::text))::uuid
;

CREATE OR REPLACE FUNCTION public.hold(held bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
      begin
        if held = 0 then
          raise exception 'What this change rests on has changed.' using errcode = 'serialization_failure';
        end if;
      end
    $function$
;

CREATE OR REPLACE FUNCTION public.is_sound(person users)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
      select (person.directory = 'deleted') = (person.deleted_at is not null)
        and (person.link_connection_id is null) = (person.link_subject is null)
        and num_nonnulls(person.key_encryption_public, person.key_signing_public, person.key_fingerprint, person.key_envelope, person.key_envelope_version, person.key_registered_at)
          = (case person.key_state when 'registered' then 6 else 0 end)
        and (person.key_reset_requested_at is null) = (person.key_reset_effective_at is null)
        and (person.key_reset_requested_at is null or person.key_state <> 'none')
        and (person.role is distinct from 'owner' or person.managed_by = 'local')
        and person.key_version >= 0
    $function$
;

CREATE OR REPLACE FUNCTION public.live_manager(organization uuid, manager uuid)
 RETURNS json
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
      select json_build_object('id', users.id, 'displayName', users.attributes->>'displayName')
      from users where users.org_id = organization and users.id = manager and users.deleted_at is null
    $function$
;

CREATE OR REPLACE FUNCTION public.refuse_unsound(id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
      begin
        raise exception 'Nobody can be like this: %', id using errcode = 'check_violation';
      end
    $function$
;
