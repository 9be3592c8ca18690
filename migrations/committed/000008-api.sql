--! Previous: sha1:68007ea05e9449e1686e5278ad3c981eca8051ba
--! Hash: sha1:91a86a6bf29b434af5fff087a28345950ec29fdf
--! Message: api

-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation
-- squawk-ignore-file require-concurrent-index-deletion
-- Nothing is released yet that holds many of these rows; they are scanned in a moment.
/*
 * The one role of everybody who comes through the API. What it may do stands beside each object in
 * sql/; who a request is for, in settings of its transaction (X3).
 *
 * A role belongs to the server and not to the database, so it may be there already. Where it was
 * made here, the owner may take it on, so that one login can serve both.
 */
do $$
begin
  if not exists (select from pg_roles where rolname = 'mentor_lifecycle_visitor') then
    create role mentor_lifecycle_visitor nologin;
    if current_setting('server_version_num')::integer >= 160000 then
      execute 'grant mentor_lifecycle_visitor to current_user with inherit false, set true';
    else
      grant mentor_lifecycle_visitor to current_user;
    end if;
  end if;
exception
  when duplicate_object or unique_violation then
    null; -- Another database of this server was migrated in the same moment.
  when insufficient_privilege then
    raise exception 'The role mentor_lifecycle_visitor is missing and % may not create it',
      current_user using
      errcode = 'insufficient_privilege',
      hint = 'Let an administrator of the server run: create role mentor_lifecycle_visitor nologin; '
        || 'grant mentor_lifecycle_visitor to ' || quote_ident(current_user) || ';';
end;
$$;

-- A token names a subject before it is known of which organisation.
create index people_auth_subject_idx on app_public.people (auth_subject);

update app_public.error_codes
set cause = 'The caller is nobody whom the organisation knows, or neither the mentor nor somebody who looks after the mentor or the organisation.',
    cure = 'Log in; else ask a coordinator of the mentor or an administrator.'
where code = 'MNDEN';

/*
 * The roster's orders. What they follow from stands in other tables; a page that begins anywhere
 * needs it side by side in an index.
 *
 * pg_trgm finds names by a part of them. Like btree_gist it is trusted: the owner of the database
 * may create it.
 */
create extension if not exists pg_trgm;

create table app_private.roster_positions (
  mentor_id uuid primary key,
  organization_id uuid not null,
  chapter_id uuid not null,
  mentor_key text collate "nb-NO-x-icu" not null,
  full_name text collate "nb-NO-x-icu" not null,
  next_expires_on date not null default 'infinity',
  quietest_last_contact_on date not null default 'infinity',
  recompute_on date,
  foreign key (organization_id, mentor_id)
    references app_public.mentors (organization_id, id) on delete cascade,
  foreign key (organization_id, chapter_id)
    references app_public.chapters (organization_id, id) on delete cascade
);
create index roster_positions_name_idx
  on app_private.roster_positions (organization_id, full_name, mentor_id);
create index roster_positions_key_idx
  on app_private.roster_positions (organization_id, mentor_key, mentor_id);
create index roster_positions_expiry_idx
  on app_private.roster_positions (organization_id, next_expires_on, mentor_id);
create index roster_positions_silence_idx
  on app_private.roster_positions (organization_id, quietest_last_contact_on, mentor_id);
create index roster_positions_chapter_idx
  on app_private.roster_positions (organization_id, chapter_id);
create index roster_positions_search_idx
  on app_private.roster_positions using gin (full_name gin_trgm_ops, mentor_key gin_trgm_ops);
create index roster_positions_recompute_idx
  on app_private.roster_positions (organization_id, recompute_on)
  where recompute_on is not null;
alter table app_private.roster_positions enable row level security;
comment on table app_private.roster_positions is
  'Where each mentor stands in each order of the roster. Kept by triggers (V1).';
comment on column app_private.roster_positions.mentor_id is 'The mentor.';
comment on column app_private.roster_positions.organization_id is 'The association.';
comment on column app_private.roster_positions.chapter_id is 'The mentor''s chapter.';
comment on column app_private.roster_positions.mentor_key is 'The mentor''s key.';
comment on column app_private.roster_positions.full_name is
  'The person''s name, in Norwegian order: æ, ø and å come last.';
comment on column app_private.roster_positions.next_expires_on is
  'Last valid day of the required certification that ends first; infinity without any.';
comment on column app_private.roster_positions.quietest_last_contact_on is
  'Oldest last contact of the open assignments; infinity without any.';
comment on column app_private.roster_positions.recompute_on is
  'The day on which the passing of time alone changes one of these; null if none does.';

-- Policies ask for each row of a mentor whether somebody coordinates the mentor.
create index coordinator_assignments_pair_idx
  on app_public.coordinator_assignments (organization_id, mentor_id, coordinator_id);
drop index app_public.coordinator_assignments_mentor_idx;

-- The roster asks for the mentors of a status, and for the listings in a condition.
create index mentors_status_idx on app_public.mentors (organization_id, status);
create index portal_listings_condition_idx
  on app_public.portal_listings (organization_id, condition);

-- From the next night on exactly; until then without regard to gaps between periods.
insert into app_private.roster_positions
  (mentor_id, organization_id, chapter_id, mentor_key, full_name, next_expires_on,
    quietest_last_contact_on, recompute_on)
select
  m.id,
  m.organization_id,
  m.chapter_id,
  m.mentor_key,
  p.full_name,
  coalesce((
    select min(last.expires_on)
    from (
      select max(c.expires_on) as expires_on
      from app_public.certifications as c
      join app_public.certification_types as t on t.id = c.certification_type_id
      where c.mentor_id = m.id
        and c.revoked_at is null
        and t.is_required
      group by t.id
    ) as last
  ), 'infinity'),
  coalesce((
    select min(a.last_contact_on)
    from app_public.assignments as a
    where a.organization_id = m.organization_id
      and a.mentor_id = m.id
      and a.closed_on is null
  ), 'infinity'),
  date '1900-01-01'
from app_public.mentors as m
join app_public.people as p on p.id = m.person_id;

create type app_private.roster_filter as (
  person_id uuid,
  sees_all boolean,
  administered_chapter_ids uuid[],
  organization_id uuid,
  chapter_id uuid,
  coordinator_id uuid,
  statuses text[],
  portal_conditions text[],
  search text,
  expires_until date,
  quiet_since date,
  today date
);
comment on type app_private.roster_filter is
  'Who asks for a page of the roster, and for which mentors; null does not narrow it.';

create type app_public.roster_order as enum ('name', 'key', 'next_expiry', 'quietest');
comment on type app_public.roster_order is
  'By what a roster is ordered: name (in Norwegian order, æ, ø and å last), key, the required
certification that ends first (who holds none comes last), or the open assignment with the oldest
last contact (who has none comes last).';

create type app_public.roster_entry as (
  mentor_id uuid,
  mentor_key text,
  full_name text,
  chapter_id uuid,
  chapter text,
  status text,
  version integer,
  is_certified boolean,
  pause_cause text,
  expected_return_on date,
  next_expires_on date,
  days_left integer,
  open_assignments integer,
  quietest_last_contact_on date,
  portal_condition text,
  portal_notice text
);
comment on type app_public.roster_entry is 'A mentor as a row of the roster (V1).';
comment on column app_public.roster_entry.mentor_id is 'The mentor.';
comment on column app_public.roster_entry.mentor_key is
  'The association''s own key for the mentor, and the portal''s.';
comment on column app_public.roster_entry.full_name is 'The mentor''s name.';
comment on column app_public.roster_entry.chapter_id is 'The mentor''s chapter.';
comment on column app_public.roster_entry.chapter is 'Its name.';
comment on column app_public.roster_entry.status is 'pending, active, paused or retired.';
comment on column app_public.roster_entry.version is
  'Version of the mentor; commands take it as expected_version.';
comment on column app_public.roster_entry.is_certified is
  'Whether every required certification holds today, days of grace included.';
comment on column app_public.roster_entry.pause_cause is
  'Why the mentor is paused: self, coordinator, or certification. A pause by a person is named
before one for certification, if both are open; null for who is not paused.';
comment on column app_public.roster_entry.expected_return_on is
  'The planned return from a pause by a person.';
comment on column app_public.roster_entry.next_expires_on is
  'Last valid day of the required certification that ends first, or has ended; null without any.';
comment on column app_public.roster_entry.days_left is
  'Days until then; negative once it has ended.';
comment on column app_public.roster_entry.open_assignments is 'Number of open assignments.';
comment on column app_public.roster_entry.quietest_last_contact_on is
  'Oldest last contact of the open assignments; null without any.';
comment on column app_public.roster_entry.portal_condition is
  'Whether the portal is known to show what is wanted: pending, synced, retrying or needs_attention.';
comment on column app_public.roster_entry.portal_notice is
  'The same as a sentence in the caller''s language (P4).';

create type app_public.roster_edge as (cursor text, node app_public.roster_entry);
comment on type app_public.roster_edge is 'A row of the roster and the cursor of its place.';
comment on column app_public.roster_edge.cursor is 'Where the next page begins, as after.';
comment on column app_public.roster_edge.node is 'The row.';

create type app_public.roster_page_info as (
  has_next_page boolean,
  has_previous_page boolean,
  start_cursor text,
  end_cursor text
);
comment on type app_public.roster_page_info is 'What comes before and after a page of the roster.';
comment on column app_public.roster_page_info.has_next_page is 'Whether there are rows after it.';
comment on column app_public.roster_page_info.has_previous_page is
  'Whether the page was asked for by a cursor.';
comment on column app_public.roster_page_info.start_cursor is 'Cursor of its first row.';
comment on column app_public.roster_page_info.end_cursor is
  'Cursor of its last row: after for the next page.';

create type app_public.roster_connection as (
  nodes app_public.roster_entry[],
  edges app_public.roster_edge[],
  page_info app_public.roster_page_info
);
comment on type app_public.roster_connection is 'A page of the roster (V1).';
comment on column app_public.roster_connection.nodes is 'Its rows.';
comment on column app_public.roster_connection.edges is 'Its rows with their cursors.';
comment on column app_public.roster_connection.page_info is 'What comes before and after it.';

insert into app_public.error_codes (code, meaning, cause, cure) values
  ('MNARG', 'argument out of bounds',
    'A page is asked for that is longer than a hundred rows or shorter than one, or by a cursor that is not one of this list in this order.',
    'Ask for fewer rows, or begin with the first page again.');

create type app_public.dashboard as (
  organization_id uuid,
  today date,
  pending_mentors integer,
  active_mentors integer,
  paused_mentors integer,
  retired_mentors integer,
  pending_syncs integer,
  retrying_syncs integer,
  failed_syncs integer,
  overdue_hides integer,
  oldest_unsynced_since timestamptz,
  untold_notifications integer,
  waiting_deliveries integer,
  uncertain_deliveries integer,
  undeliverable_deliveries integer,
  open_discrepancies integer,
  open_alerts integer,
  critical_alerts integer,
  last_run_id uuid,
  last_run_on date,
  last_run_state text,
  last_run_explanation text,
  last_run_finished_at timestamptz,
  waiting_run_id uuid,
  waits_for_approval boolean,
  next_run_on date,
  next_run_at timestamptz,
  reminders_due integer,
  quiet_assignments integer
);
comment on type app_public.dashboard is
  'How an organisation stands, in numbers (V2). They count the whole organisation, also mentors whom
the caller may not see, and name nobody.';
comment on column app_public.dashboard.organization_id is 'The association.';
comment on column app_public.dashboard.today is 'Today on its calendar.';
comment on column app_public.dashboard.pending_mentors is 'Mentors not yet certified.';
comment on column app_public.dashboard.active_mentors is 'Mentors who are available.';
comment on column app_public.dashboard.paused_mentors is 'Mentors who are paused.';
comment on column app_public.dashboard.retired_mentors is 'Mentors who have retired.';
comment on column app_public.dashboard.pending_syncs is
  'Listings that the portal has not been told yet.';
comment on column app_public.dashboard.retrying_syncs is
  'Listings that the portal could not be told; they are tried again.';
comment on column app_public.dashboard.failed_syncs is
  'Listings that need a person: see retry_failed_portal_syncs and force_portal_sync.';
comment on column app_public.dashboard.overdue_hides is
  'Mentors to be hidden who may have been visible on the portal for over ten minutes.';
comment on column app_public.dashboard.oldest_unsynced_since is
  'Since when the first of these listings waits; null if none does.';
comment on column app_public.dashboard.untold_notifications is
  'Notifications about mentors for whom there was nobody to tell (N2).';
comment on column app_public.dashboard.waiting_deliveries is
  'Messages that are queued, being sent, or tried again.';
comment on column app_public.dashboard.uncertain_deliveries is
  'Messages that may have arrived: the mail server''s answer was lost.';
comment on column app_public.dashboard.undeliverable_deliveries is
  'Messages that were refused or given up.';
comment on column app_public.dashboard.open_discrepancies is
  'Things that may never be true and were found true.';
comment on column app_public.dashboard.open_alerts is 'Conditions that need a person.';
comment on column app_public.dashboard.critical_alerts is 'Those of them that break a promise.';
comment on column app_public.dashboard.last_run_id is 'The latest night that was started.';
comment on column app_public.dashboard.last_run_on is 'Its date.';
comment on column app_public.dashboard.last_run_state is
  'running, needs_approval, succeeded, succeeded_with_failures or failed.';
comment on column app_public.dashboard.last_run_explanation is
  'Why it was stopped or has failed, in a sentence.';
comment on column app_public.dashboard.last_run_finished_at is 'When it ended.';
comment on column app_public.dashboard.waiting_run_id is
  'The run that waits for approve_nightly_run; null if none does.';
comment on column app_public.dashboard.waits_for_approval is 'Whether one does.';
comment on column app_public.dashboard.next_run_on is
  'The date of the next night: today until it has run.';
comment on column app_public.dashboard.next_run_at is
  'When it is due; in the past if it should have run.';
comment on column app_public.dashboard.reminders_due is
  'Certification reminders that the next night would send.';
comment on column app_public.dashboard.quiet_assignments is
  'Open assignments without contact for as long as follow-up waits.';

create type app_public.undelivered_notification as (
  notification_id uuid,
  delivery_id uuid,
  mentor_id uuid,
  mentor_key text,
  kind text,
  audience text,
  recipient_id uuid,
  recipient_role text,
  channel text,
  state text,
  reason text,
  problem text,
  attempts integer,
  may_have_arrived boolean,
  next_attempt_at timestamptz,
  since timestamptz,
  age_in_hours integer
);
comment on type app_public.undelivered_notification is
  'Something that should have been told and is not known to have been: a notification for whom there
is nobody, or a message to one recipient (V2).';
comment on column app_public.undelivered_notification.notification_id is 'What is told.';
comment on column app_public.undelivered_notification.delivery_id is
  'The message; null where there was nobody to tell.';
comment on column app_public.undelivered_notification.mentor_id is 'About whom.';
comment on column app_public.undelivered_notification.mentor_key is 'The mentor''s key.';
comment on column app_public.undelivered_notification.kind is 'What kind of news it is.';
comment on column app_public.undelivered_notification.audience is 'For whom: mentor or coordinators.';
comment on column app_public.undelivered_notification.recipient_id is 'To whom the message goes.';
comment on column app_public.undelivered_notification.recipient_role is 'As what that person is told.';
comment on column app_public.undelivered_notification.channel is 'email or in_app.';
comment on column app_public.undelivered_notification.state is
  'undeliverable; queued, sending or retrying; unknown (it may have arrived).';
comment on column app_public.undelivered_notification.reason is 'Why it was to be told.';
comment on column app_public.undelivered_notification.problem is
  'Why it has not been: a sentence, or the class of the latest failure.';
comment on column app_public.undelivered_notification.attempts is 'Attempts so far.';
comment on column app_public.undelivered_notification.may_have_arrived is
  'Whether one of them may have arrived all the same.';
comment on column app_public.undelivered_notification.next_attempt_at is
  'When it is tried again; null if it is not.';
comment on column app_public.undelivered_notification.since is 'Since when it waits.';
comment on column app_public.undelivered_notification.age_in_hours is 'Whole hours since then.';

create index notifications_unsettled_idx
  on app_public.notifications (organization_id, state)
  where state in ('open', 'undeliverable');
create index notification_deliveries_unsettled_idx
  on app_public.notification_deliveries (organization_id, state)
  where state in ('queued', 'sending', 'retrying', 'unknown', 'undeliverable');

create type app_public.timeline_entry as (
  at timestamptz,
  kind text,
  title text,
  detail text,
  actor_kind text,
  actor_id uuid,
  actor_name text,
  source text,
  source_id text,
  nightly_run_id uuid,
  certification_id uuid,
  assignment_id uuid,
  notification_id uuid
);
comment on type app_public.timeline_entry is
  'Something that happened about a mentor, and why (V3).';
comment on column app_public.timeline_entry.at is
  'When; what is known by its date alone stands at the beginning of that date.';
comment on column app_public.timeline_entry.kind is
  'What it was, as a word that stays: paused, notified, portal_written, …';
comment on column app_public.timeline_entry.title is 'The same in a few words.';
comment on column app_public.timeline_entry.detail is 'Why, or what exactly, in a sentence.';
comment on column app_public.timeline_entry.actor_kind is
  'Who or what did it: person, service, nightly, import, worker or database; null if nobody did.';
comment on column app_public.timeline_entry.actor_id is 'The person, if it was one.';
comment on column app_public.timeline_entry.actor_name is
  'That person''s name, where the caller may know it.';
comment on column app_public.timeline_entry.source is 'The table that it stands in.';
comment on column app_public.timeline_entry.source_id is 'Which of its rows, and which of its events.';
comment on column app_public.timeline_entry.nightly_run_id is 'The run that did it, if one did.';
comment on column app_public.timeline_entry.certification_id is 'The certification concerned.';
comment on column app_public.timeline_entry.assignment_id is 'The assignment concerned.';
comment on column app_public.timeline_entry.notification_id is 'The notification concerned.';

-- What callers said to commands is not kept: app_private.request_digest() says how.
update app_private.command_requests as r
set arguments = to_jsonb(encode(sha256(convert_to(r.arguments::text, 'UTF8')), 'hex'))
where jsonb_typeof(r.arguments) = 'array';
comment on column app_private.command_requests.arguments is
  'A digest of its arguments; others are refused.';
