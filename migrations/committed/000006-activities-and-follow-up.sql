--! Previous: sha1:5cacae1a785f24bd06babd5fddfbeb92b165c6ed
--! Hash: sha1:4ea272b1b7b5c3353aa11bf64d7544f8c92d0538
--! Message: activities and follow-up

-- squawk-ignore-file constraint-missing-not-valid, adding-not-nullable-field
-- squawk-ignore-file require-concurrent-index-creation
-- Nothing is released yet that holds many of these rows; they are scanned in a moment.
/*
 * Noticing silence: activities and corrections that move the last contact, follow-up as a ledger,
 * and a log of the starts of runs.
 */
alter table app_public.organization_settings
  add column follow_up_after_days integer not null default 45
    constraint organization_settings_follow_up_is_plausible
      check (follow_up_after_days between 1 and 3650),
  add column follow_up_steps integer[] not null default '{0,15}'
    constraint organization_settings_follow_up_steps_ascend check (
      cardinality(follow_up_steps) <= 5
      and coalesce(array_ndims(follow_up_steps), 1) = 1
      and coalesce(array_lower(follow_up_steps, 1), 1) = 1
      and array_position(follow_up_steps, null) is null
      and 0 <= all (follow_up_steps)
      and 365 >= all (follow_up_steps)
      and coalesce(follow_up_steps[1] < follow_up_steps[2], true)
      and coalesce(follow_up_steps[2] < follow_up_steps[3], true)
      and coalesce(follow_up_steps[3] < follow_up_steps[4], true)
      and coalesce(follow_up_steps[4] < follow_up_steps[5], true)
    ),
  add column quiet_from time,
  add column quiet_until time,
  add column daily_mail_cap integer not null default 20
    constraint organization_settings_mail_cap_is_plausible
      check (daily_mail_cap between 1 and 1000),
  add constraint organization_settings_quiet_hours_are_whole check (
    (quiet_from is null) = (quiet_until is null) and quiet_from <> quiet_until
      and quiet_from < time '24:00' and quiet_until < time '24:00'
  );
comment on column app_public.organization_settings.follow_up_after_days is
  'Days without contact after which an assignment is followed up (F1).';
comment on column app_public.organization_settings.follow_up_steps is
  'Days after that at which each step is due, ascending, at most five: the first step tells the
mentor, later ones the coordinators. {0,15} with follow_up_after_days 45 means after 45 and after 60
days. Empty: nothing is followed up.';
comment on column app_public.organization_settings.quiet_from is
  'Local time of day from which no mail is sent; it waits until quiet_until. Null: at any time.';
comment on column app_public.organization_settings.quiet_until is
  'Local time of day at which mails that waited are sent; before quiet_from it is the next
morning.';
comment on column app_public.organization_settings.daily_mail_cap is
  'Most mails to one person on one local day; what is above it waits for the next day.';

alter table app_public.assignments
  add column entered_contact_on date;
update app_public.assignments set entered_contact_on = last_contact_on;
alter table app_public.assignments
  alter column entered_contact_on set not null;
comment on column app_public.assignments.entered_contact_on is
  'Latest contact that was known when the assignment was entered or last imported.';
comment on column app_public.assignments.last_contact_on is
  'Day of the latest known contact: the latest of what was entered, of the activities and of the
last correction. Kept by triggers (F2); never written by hand.';
create index assignments_open_idx
  on app_public.assignments (organization_id, last_contact_on)
  where closed_on is null;

create table app_public.activities (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  mentor_id uuid not null,
  kind text not null
    constraint activities_kind_is_known
      check (kind in ('direct', 'proxy', 'bulk', 'coordinator_proxy')),
  occurred_on date not null
    constraint activities_date_is_plausible
      check (occurred_on >= date '1900-01-01' and occurred_on < date '2200-01-01'),
  registered_by text not null,
  registered_at timestamptz not null default clock_timestamp(),
  removed_at timestamptz,
  removed_by text,
  constraint activities_removal_has_an_author
    check ((removed_at is null) = (removed_by is null)),
  constraint activities_belong_to_one_mentor unique (id, mentor_id),
  foreign key (organization_id, mentor_id)
    references app_public.mentors (organization_id, id) on delete restrict
);
create index activities_mentor_idx on app_public.activities (organization_id, mentor_id);
alter table app_public.activities enable row level security;
comment on table app_public.activities is
  'A registered contact on one or more assignments of a mentor. It says that there was contact and
when, never about what: there is no field for a text.';
comment on column app_public.activities.id is 'Key.';
comment on column app_public.activities.organization_id is 'The association.';
comment on column app_public.activities.mentor_id is 'Whose contact it was.';
comment on column app_public.activities.kind is
  'direct (registered by the mentor), proxy (by somebody else on the mentor''s behalf), bulk
(several assignments at once), coordinator_proxy (by a coordinator on the mentor''s behalf).';
comment on column app_public.activities.occurred_on is 'The local date of the contact.';
comment on column app_public.activities.registered_by is
  'Who registered it: person:<id>, or database:<login>.';
comment on column app_public.activities.registered_at is 'When it was registered.';
comment on column app_public.activities.removed_at is
  'When it was taken back as a mistake; it then counts no more.';
comment on column app_public.activities.removed_by is 'Who took it back.';

create table app_public.last_contact_corrections (
  id bigint primary key generated always as identity,
  assignment_id uuid not null,
  mentor_id uuid not null,
  previous_contact_on date not null,
  last_contact_on date not null,
  entered_contact_on date not null,
  reason app_public.note not null,
  corrected_by text not null,
  corrected_at timestamptz not null default clock_timestamp(),
  foreign key (assignment_id, mentor_id)
    references app_public.assignments (id, mentor_id) on delete restrict
);
create index last_contact_corrections_assignment_idx
  on app_public.last_contact_corrections (assignment_id, mentor_id);
alter table app_public.last_contact_corrections enable row level security;
comment on table app_public.last_contact_corrections is
  'An administrator says what the last contact really was, with a reason; append-only (F3). What was
known until then counts no more; what is registered later does.';
comment on column app_public.last_contact_corrections.id is 'Key; the highest of an assignment
holds.';
comment on column app_public.last_contact_corrections.assignment_id is 'Which assignment.';
comment on column app_public.last_contact_corrections.mentor_id is 'Its mentor.';
comment on column app_public.last_contact_corrections.previous_contact_on is
  'The last contact before the correction.';
comment on column app_public.last_contact_corrections.last_contact_on is
  'The last contact as corrected: earlier or later than before.';
comment on column app_public.last_contact_corrections.entered_contact_on is
  'What had been entered or imported by then; a later import counts only if it says more.';
comment on column app_public.last_contact_corrections.reason is 'Why, in a sentence.';
comment on column app_public.last_contact_corrections.corrected_by is
  'Who: person:<id>, or database:<login>.';
comment on column app_public.last_contact_corrections.corrected_at is 'When.';

create table app_public.activity_assignments (
  activity_id uuid not null,
  assignment_id uuid not null,
  mentor_id uuid not null,
  correction_id bigint references app_public.last_contact_corrections on delete restrict,
  primary key (activity_id, assignment_id),
  foreign key (activity_id, mentor_id)
    references app_public.activities (id, mentor_id) on delete cascade,
  foreign key (assignment_id, mentor_id)
    references app_public.assignments (id, mentor_id) on delete restrict
);
create index activity_assignments_activity_idx
  on app_public.activity_assignments (activity_id, mentor_id);
create index activity_assignments_assignment_idx
  on app_public.activity_assignments (assignment_id, mentor_id);
create index activity_assignments_correction_idx
  on app_public.activity_assignments (correction_id)
  where correction_id is not null;
alter table app_public.activity_assignments enable row level security;
comment on table app_public.activity_assignments is 'Which assignments an activity was a contact
on.';
comment on column app_public.activity_assignments.activity_id is 'The activity.';
comment on column app_public.activity_assignments.assignment_id is 'The assignment.';
comment on column app_public.activity_assignments.mentor_id is 'The mentor of both.';
comment on column app_public.activity_assignments.correction_id is
  'The correction that was made when this was known already; the activity then counts no more for
the assignment. Null: it counts.';

create type app_public.activity_input as (
  assignment_id uuid,
  occurred_on date,
  kind text
);
comment on type app_public.activity_input is
  'An activity to be registered: on which assignment, on which day (null: today) and of which kind
(null: bulk).';

create table app_public.follow_up_reminders (
  assignment_id uuid not null,
  mentor_id uuid not null,
  last_contact_on date not null,
  step integer not null
    constraint follow_up_reminders_step_is_plausible check (step between 1 and 5),
  silent_days integer not null
    constraint follow_up_reminders_silence_is_not_negative check (silent_days >= 0),
  disposition text not null
    constraint follow_up_reminders_disposition_is_known
      check (disposition in ('notified', 'collapsed', 'seeded')),
  collapsed_into_step integer,
  decided_on date not null,
  nightly_run_id uuid references app_public.nightly_runs on delete restrict,
  constraint follow_up_reminders_once primary key (assignment_id, last_contact_on, step),
  constraint follow_up_reminders_collapse_into_a_later_step check (
    (disposition = 'collapsed') = (collapsed_into_step is not null)
    and (collapsed_into_step is null or collapsed_into_step > step)
  ),
  foreign key (assignment_id, mentor_id)
    references app_public.assignments (id, mentor_id) on delete restrict
);
create index follow_up_reminders_assignment_idx
  on app_public.follow_up_reminders (assignment_id, mentor_id);
create index follow_up_reminders_run_idx on app_public.follow_up_reminders (nightly_run_id);
alter table app_public.follow_up_reminders enable row level security;
comment on table app_public.follow_up_reminders is
  'Which step of which silence has been dealt with, for ever: a follow-up is unique by assignment,
last contact and step (F1).';
comment on column app_public.follow_up_reminders.assignment_id is 'Which assignment.';
comment on column app_public.follow_up_reminders.mentor_id is 'Its mentor.';
comment on column app_public.follow_up_reminders.last_contact_on is
  'The contact since which it was silent; a later one arms the steps again.';
comment on column app_public.follow_up_reminders.step is
  '1 tells the mentor, later ones the coordinators.';
comment on column app_public.follow_up_reminders.silent_days is
  'Days without contact on the date of the decision.';
comment on column app_public.follow_up_reminders.disposition is
  'notified; collapsed (missed, covered by a later step); seeded (a silent import).';
comment on column app_public.follow_up_reminders.collapsed_into_step is 'The step that covered it.';
comment on column app_public.follow_up_reminders.decided_on is 'The local date of the decision.';
comment on column app_public.follow_up_reminders.nightly_run_id is 'The run that decided it.';

alter table app_public.nightly_run_actions
  add column assignment_id uuid,
  add column last_contact_on date,
  add column step integer,
  add column collapsed_steps integer[],
  add constraint nightly_run_actions_follow_ups_have_a_step check (
    (action = 'follow_up') = (step is not null)
    and (action = 'follow_up') = (assignment_id is not null)
    and (action = 'follow_up') = (last_contact_on is not null)
  );
comment on column app_public.nightly_run_actions.assignment_id is 'The assignment that is followed
up.';
comment on column app_public.nightly_run_actions.last_contact_on is 'The contact since which it is
silent.';
comment on column app_public.nightly_run_actions.step is
  'The latest step that is due; only for follow-ups.';
comment on column app_public.nightly_run_actions.collapsed_steps is
  'Earlier steps that were missed and are covered by this one.';

create table app_public.nightly_run_starts (
  id bigint primary key generated always as identity,
  organization_id uuid not null references app_public.organizations on delete restrict,
  run_on date not null,
  outcome text not null
    constraint nightly_run_starts_outcome_is_known check (outcome in ('started', 'refused')),
  attempt integer,
  actor text not null,
  at timestamptz not null default clock_timestamp(),
  constraint nightly_run_starts_only_started_ones_are_attempts
    check ((outcome = 'started') = (attempt is not null))
);
create index nightly_run_starts_organization_idx
  on app_public.nightly_run_starts (organization_id, run_on);
alter table app_public.nightly_run_starts enable row level security;
comment on table app_public.nightly_run_starts is
  'Every start of a run, those too that were refused because one was active (F4); append-only.';
comment on column app_public.nightly_run_starts.id is 'Key.';
comment on column app_public.nightly_run_starts.organization_id is 'The association.';
comment on column app_public.nightly_run_starts.run_on is 'The local date that was to be run.';
comment on column app_public.nightly_run_starts.outcome is
  'started, or refused because a run of the organisation was active.';
comment on column app_public.nightly_run_starts.attempt is 'The attempt of the run that it became.';
comment on column app_public.nightly_run_starts.actor is 'Who or what started it.';
comment on column app_public.nightly_run_starts.at is 'When, on the real clock.';

alter type app_public.nightly_decision
  add attribute assignment_id uuid,
  add attribute assignment_key text,
  add attribute last_contact_on date,
  add attribute step integer,
  add attribute collapsed_steps integer[];

insert into app_public.error_codes (code, meaning, cause, cure) values
  ('MNACT', 'kind of activity does not fit',
    'A direct activity is registered by the mentor, a coordinator_proxy by a coordinator of the mentor, a proxy by somebody else; or the call holds too many.',
    'Leave the kind out: it follows from who registers. Split a call that is too large.'),
  ('MNCON', 'last contact is not written by hand',
    'The last contact of an assignment follows from what was entered, from activities and from corrections.',
    'Register an activity, or correct the last contact with correct_last_contact.');
