--! Previous: sha1:4adb80e49755f8f5ff5c2902fc6e4a5d0ca389c5
--! Hash: sha1:5cacae1a785f24bd06babd5fddfbeb92b165c6ed
--! Message: portal

-- squawk-ignore-file constraint-missing-not-valid
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
-- The tables that change hold a row or two for each mentor; they are scanned in a moment.
/*
 * The portal: what it is known to show, who works on a listing, what was tried, and what a person
 * has to look at.
 *
 * A listing is level-triggered: the wish (desired_*) and what was confirmed (synced_version,
 * observed_*) stand side by side in one row. Its timing is the machine's, not the rules': leases
 * and back-off read now(), because a simulated night must not lease anything for a year.
 */
alter table app_public.portal_listings
  add column condition text not null default 'pending'
    constraint portal_listings_condition_is_known
      check (condition in ('pending', 'synced', 'retrying', 'needs_attention')),
  add column pending_since timestamptz default now(),
  add column synced_version integer not null default 0,
  add column synced_at timestamptz,
  add column remote_id uuid,
  add column observed_visible boolean,
  add column observed_until date,
  add column observed_version integer,
  add column observed_revision text,
  add column observed_at timestamptz,
  add column held_since timestamptz,
  add column write_inflight boolean not null default false,
  add column lease_token uuid,
  add column lease_until timestamptz,
  add column attempts integer not null default 0,
  add column next_attempt_at timestamptz not null default now(),
  add column error_class text
    constraint portal_listings_error_class_is_known
      check (error_class in ('transient', 'conflict', 'missing', 'held', 'permanent')),
  add column error_code text,
  add column error_message text,
  add constraint portal_listings_synced_is_not_ahead
    check (synced_version between 0 and desired_version),
  add constraint portal_listings_synced_means_up_to_date
    check (condition <> 'synced' or synced_version = desired_version),
  add constraint portal_listings_waiting_means_behind
    check (condition not in ('pending', 'retrying') or synced_version < desired_version),
  add constraint portal_listings_unsynced_ones_wait
    check ((condition = 'synced') = (pending_since is null)),
  add constraint portal_listings_lease_is_whole
    check ((lease_token is null) = (lease_until is null)),
  add constraint portal_listings_attempts_are_counted check (attempts >= 0),
  add constraint portal_listings_error_is_whole
    check ((error_class is null) = (error_message is null)),
  add constraint portal_listings_synced_ones_have_no_error
    check (condition <> 'synced' or error_class is null);
create index portal_listings_due_idx
  on app_public.portal_listings (desired_visible, next_attempt_at)
  where condition in ('pending', 'retrying');
create index portal_listings_leased_idx
  on app_public.portal_listings (lease_until)
  where lease_until is not null;
comment on table app_public.portal_listings is
  'What the public website should show about a mentor, and what it is known to show: one row for
each mentor. The wish is kept by triggers (P1), the rest by the sync (P2 to P6).';
comment on column app_public.portal_listings.condition is
  'pending (the portal does not know the wish yet), retrying (it could not be told), synced
(confirmed) or needs_attention (a person has to look at it).';
comment on column app_public.portal_listings.pending_since is
  'Since when the portal is not known to show what is wanted; null when synced (P4).';
comment on column app_public.portal_listings.synced_version is
  'The newest version of the wish that the portal has confirmed; 0 for none.';
comment on column app_public.portal_listings.synced_at is 'When it last confirmed one.';
comment on column app_public.portal_listings.remote_id is
  'The row''s GUID in the portal; null while unknown or absent.';
comment on column app_public.portal_listings.observed_visible is
  'Whether the portal shows the mentor, as last confirmed; null if never read.';
comment on column app_public.portal_listings.observed_until is
  'Until which day, as last confirmed.';
comment on column app_public.portal_listings.observed_version is
  'The version of a wish that the portal then carried, where it has a column for it.';
comment on column app_public.portal_listings.observed_revision is
  'The row''s ETag then; null if it must be read before it is written.';
comment on column app_public.portal_listings.observed_at is 'When that was.';
comment on column app_public.portal_listings.held_since is
  'Since when it is known that somebody hid the mentor in the portal. Such a mentor is not shown
again before force_portal_sync, or before somebody shows the mentor there (P3).';
comment on column app_public.portal_listings.write_inflight is
  'A write was begun and none has been confirmed since: it may still arrive. The next one must
write even what is already there, so that the older one meets another ETag (P6).';
comment on column app_public.portal_listings.lease_token is 'Who works on it; null for nobody.';
comment on column app_public.portal_listings.lease_until is
  'From when on somebody else may take it over.';
comment on column app_public.portal_listings.attempts is
  'Failures in a row of this listing alone. Throttling and refused logins do not count.';
comment on column app_public.portal_listings.next_attempt_at is 'Not before this instant.';
comment on column app_public.portal_listings.error_class is
  'Why it is not synced, if it was tried: transient, conflict, missing, held or permanent.';
comment on column app_public.portal_listings.error_code is 'The portal''s or the system''s code.';
comment on column app_public.portal_listings.error_message is 'In a sentence.';

alter table app_public.portal_events drop constraint portal_events_kind_is_known;
alter table app_public.portal_events
  add column reason text,
  add column actor text,
  add constraint portal_events_kind_is_known check (
    kind in (
      'listing.hidden', 'listing.shown', 'listing.until_changed', 'listing.sync_requested'
    )
  );
comment on column app_public.portal_events.kind is
  'listing.hidden, listing.shown, listing.until_changed, or listing.sync_requested: the wish stays
and is to be told again.';
comment on column app_public.portal_events.reason is 'Why a sync was requested.';
comment on column app_public.portal_events.actor is 'Who or what caused it.';

-- From here on every mentor has a listing: also who was never to be shown may be shown by a portal
-- that is older than this system. The events follow by trigger.
insert into app_public.portal_listings
  (mentor_id, organization_id, desired_visible, desired_version, changed_at)
select m.id, m.organization_id, false, 1, now()
from app_public.mentors as m
where not exists (select from app_public.portal_listings as l where l.mentor_id = m.id);

create table app_public.portal_attempts (
  id bigint primary key generated always as identity,
  organization_id uuid not null references app_public.organizations on delete restrict,
  mentor_id uuid not null references app_public.portal_listings on delete restrict,
  outcome text not null
    constraint portal_attempts_outcome_is_known check (
      outcome in ('written', 'unchanged', 'absent', 'held', 'missing', 'failed')
    ),
  desired_version integer not null,
  visible boolean,
  visible_until date,
  revision text,
  error_class text,
  error_code text,
  error_message text,
  actor text not null,
  at timestamptz not null default now(),
  constraint portal_attempts_failures_have_a_class
    check ((outcome = 'failed') = (error_class is not null))
);
create index portal_attempts_mentor_idx on app_public.portal_attempts (mentor_id, id);
create index portal_attempts_organization_idx on app_public.portal_attempts (organization_id);
alter table app_public.portal_attempts enable row level security;
comment on table app_public.portal_attempts is
  'Every attempt to tell the portal, with what was found or why it failed. Append-only.';
comment on column app_public.portal_attempts.id is 'Key.';
comment on column app_public.portal_attempts.organization_id is 'The association.';
comment on column app_public.portal_attempts.mentor_id is 'The mentor.';
comment on column app_public.portal_attempts.outcome is
  'written, unchanged (it already was so), absent (to be hidden, and not there), held (somebody hid
the mentor), missing (to be shown, and not there) or failed.';
comment on column app_public.portal_attempts.desired_version is 'The version of the wish.';
comment on column app_public.portal_attempts.visible is 'What the portal then showed.';
comment on column app_public.portal_attempts.visible_until is 'Until which day.';
comment on column app_public.portal_attempts.revision is 'The row''s ETag.';
comment on column app_public.portal_attempts.error_class is 'What kind of failure.';
comment on column app_public.portal_attempts.error_code is 'The portal''s or the system''s code.';
comment on column app_public.portal_attempts.error_message is 'The failure in a sentence.';
comment on column app_public.portal_attempts.actor is 'The worker, or who broke the glass.';
comment on column app_public.portal_attempts.at is 'When.';

create table app_private.portal_gate (
  is_only_row boolean primary key default true
    constraint portal_gate_has_one_row check (is_only_row),
  parallelism integer not null default 4
    constraint portal_gate_parallelism_is_plausible check (parallelism between 1 and 50),
  closed_class text
    constraint portal_gate_closed_class_is_known
      check (closed_class in ('throttled', 'auth', 'config', 'transient')),
  closed_code text,
  closed_message text,
  closed_since timestamptz,
  closed_until timestamptz,
  throttled_until timestamptz,
  failures integer not null default 0
    constraint portal_gate_failures_are_counted check (failures >= 0),
  recovered_at timestamptz,
  environment_id uuid,
  checked_at timestamptz,
  constraint portal_gate_closing_is_whole check (
    (closed_class is null) = (closed_since is null)
    and (closed_class is null) = (closed_until is null)
    and (closed_class is null) = (closed_message is null)
  )
);
alter table app_private.portal_gate enable row level security;
comment on table app_private.portal_gate is
  'What concerns the portal as a whole. Its limits hold for the login and not for a listing, so all
workers share this one row: while it is closed nobody calls the portal (P6).';
comment on column app_private.portal_gate.is_only_row is 'Always true: there is one row.';
comment on column app_private.portal_gate.parallelism is
  'Most listings under way at once, over all workers. Dataverse refuses more than 52.';
comment on column app_private.portal_gate.closed_class is
  'throttled, auth, config or transient (an outage); null while open.';
comment on column app_private.portal_gate.closed_code is 'The portal''s or the system''s code.';
comment on column app_private.portal_gate.closed_message is 'Why, in a sentence.';
comment on column app_private.portal_gate.closed_since is 'Since when it has not been open.';
comment on column app_private.portal_gate.closed_until is
  'From then on one listing is tried; its success opens the gate.';
comment on column app_private.portal_gate.throttled_until is
  'Until when the portal itself has asked us to make no request; nothing cuts that short.';
comment on column app_private.portal_gate.failures is
  'Failures in a row over all listings; any success sets it to 0.';
comment on column app_private.portal_gate.recovered_at is
  'When it was last opened; from then on the parallelism grows by one every five seconds.';
comment on column app_private.portal_gate.environment_id is
  'The portal''s own id for the environment whose state the listings remember.';
comment on column app_private.portal_gate.checked_at is 'When the login last worked.';
insert into app_private.portal_gate default values;

create type app_private.portal_record as (
  remote_id uuid,
  visible boolean,
  visible_until date,
  version integer,
  revision text
);
comment on type app_private.portal_record is
  'A row of the portal as it was read; without remote_id there is none.';

create table app_public.portal_reconciliations (
  id uuid primary key default gen_random_uuid(),
  state text not null default 'running'
    constraint portal_reconciliations_state_is_known
      check (state in ('running', 'succeeded', 'refused', 'failed')),
  share_accepted boolean not null default false,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  record_count integer,
  compared_count integer,
  differing_count integer,
  repaired_count integer,
  explanation text,
  actor text not null,
  constraint portal_reconciliations_finish_when_they_end
    check ((state = 'running') = (finished_at is null))
);
alter table app_public.portal_reconciliations enable row level security;
comment on table app_public.portal_reconciliations is
  'The ledger of reading the portal back (P3).';
comment on column app_public.portal_reconciliations.id is 'Key.';
comment on column app_public.portal_reconciliations.state is
  'running, succeeded, refused (nothing was repaired, a person has to look) or failed (the portal
could not be read).';
comment on column app_public.portal_reconciliations.share_accepted is
  'A person accepts that an unusual share differs.';
comment on column app_public.portal_reconciliations.started_at is
  'When reading began; what changed since is not judged.';
comment on column app_public.portal_reconciliations.finished_at is 'When it ended.';
comment on column app_public.portal_reconciliations.record_count is 'Rows that the portal has.';
comment on column app_public.portal_reconciliations.compared_count is
  'Listings that were at rest and could be compared.';
comment on column app_public.portal_reconciliations.differing_count is 'Listings that differ.';
comment on column app_public.portal_reconciliations.repaired_count is
  'Listings that are told again.';
comment on column app_public.portal_reconciliations.explanation is 'The outcome in a sentence.';
comment on column app_public.portal_reconciliations.actor is 'Who or what ran it.';

create table app_private.portal_snapshots (
  reconciliation_id uuid not null references app_public.portal_reconciliations on delete cascade,
  remote_id uuid not null,
  portal_key text,
  visible boolean not null,
  visible_until date,
  version integer,
  revision text not null,
  primary key (reconciliation_id, remote_id)
);
alter table app_private.portal_snapshots enable row level security;
comment on table app_private.portal_snapshots is
  'The portal''s rows while they are being compared; emptied when the reconciliation ends.';
comment on column app_private.portal_snapshots.reconciliation_id is 'For which reconciliation.';
comment on column app_private.portal_snapshots.remote_id is 'The row''s GUID in the portal.';
comment on column app_private.portal_snapshots.portal_key is 'The mentor''s key, if it has one.';
comment on column app_private.portal_snapshots.visible is 'Whether the portal shows it.';
comment on column app_private.portal_snapshots.visible_until is 'Until which day.';
comment on column app_private.portal_snapshots.version is 'The version of the wish that it has.';
comment on column app_private.portal_snapshots.revision is 'Its ETag.';

create table app_private.portal_comparisons (
  reconciliation_id uuid not null references app_public.portal_reconciliations on delete cascade,
  mentor_id uuid not null references app_public.portal_listings on delete cascade,
  desired_version integer not null,
  decision text not null,
  flips boolean not null,
  remote app_private.portal_record,
  primary key (reconciliation_id, mentor_id)
);
create index portal_comparisons_mentor_idx on app_private.portal_comparisons (mentor_id);
alter table app_private.portal_comparisons enable row level security;
comment on table app_private.portal_comparisons is
  'What a reconciliation found about each listing at rest; emptied when it ends.';
comment on column app_private.portal_comparisons.reconciliation_id is 'Which reconciliation.';
comment on column app_private.portal_comparisons.mentor_id is 'The mentor.';
comment on column app_private.portal_comparisons.desired_version is
  'The listing''s version when it was compared.';
comment on column app_private.portal_comparisons.decision is
  'What the sync would do: see portal_decision.';
comment on column app_private.portal_comparisons.flips is
  'Whether a visitor of the website would see a difference.';
comment on column app_private.portal_comparisons.remote is 'The portal''s row; null for none.';

alter table app_public.discrepancies
  add column source text not null default 'invariants'
    constraint discrepancies_source_is_known check (source in ('invariants', 'portal')),
  add column subject text not null default '';
drop index app_public.discrepancies_open_once;
create unique index discrepancies_open_once
  on app_public.discrepancies (organization_id, mentor_id, invariant, subject) nulls not distinct
  where closed_at is null;
comment on column app_public.discrepancies.source is
  'Who looks: the nightly check of invariants, or the comparison with the portal (P3).';
comment on column app_public.discrepancies.subject is
  'What it is about where that is no mentor of ours: the key of the portal''s row.';

create table app_public.alerts (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid references app_public.organizations on delete restrict,
  kind text not null,
  subject text not null default '',
  severity text not null
    constraint alerts_severity_is_known check (severity in ('warning', 'critical')),
  message text not null,
  cure text not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  constraint alerts_close_after_they_open check (closed_at >= opened_at),
  constraint alerts_acknowledgement_is_whole
    check ((acknowledged_at is null) = (acknowledged_by is null))
);
create unique index alerts_open_once
  on app_public.alerts (organization_id, kind, subject) nulls not distinct
  where closed_at is null;
create index alerts_organization_idx on app_public.alerts (organization_id);
alter table app_public.alerts enable row level security;
comment on table app_public.alerts is
  'A condition that needs a human: opens once, closes itself when the condition has gone.';
comment on column app_public.alerts.id is 'Key.';
comment on column app_public.alerts.organization_id is
  'Whom it concerns; null for whoever operates the system.';
comment on column app_public.alerts.kind is 'What kind of condition, as portal_auth_failed.';
comment on column app_public.alerts.subject is 'Which one of its kind, if there can be several.';
comment on column app_public.alerts.severity is 'warning, or critical: a promise is being broken.';
comment on column app_public.alerts.message is 'What is wrong, in a sentence.';
comment on column app_public.alerts.cure is 'What to do, in a sentence.';
comment on column app_public.alerts.opened_at is 'When it was first seen.';
comment on column app_public.alerts.closed_at is 'When it was first no longer seen.';
comment on column app_public.alerts.acknowledged_at is 'When a person said that they know.';
comment on column app_public.alerts.acknowledged_by is 'Who.';

insert into app_public.error_codes (code, meaning, cause, cure) values
  ('MNKEY', 'key in use on the portal',
    'The mentor''s key was to change while the portal may show the mentor under the old one.',
    'Pause the mentor, wait until the hide is confirmed, change the key, and end the pause.');
