--! Previous: sha1:279602145884a5f1dea4ab05224ee01ca31398ff
--! Hash: sha1:662958fb2424cd466a936a4b381834564e60d3ac
--! Message: certifications

/*
 * Certifications as periods, the ledger of nightly runs, pauses as facts, and the journal.
 */
create table app_public.certification_types (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references app_public.organizations on delete restrict,
  name app_public.label not null,
  is_required boolean not null default true,
  grace_days integer
    constraint certification_types_grace_is_plausible check (grace_days between 0 and 365),
  reminder_threshold_days integer[]
    constraint certification_types_thresholds_are_plausible check (
      0 <= all (reminder_threshold_days)
      and 365 >= all (reminder_threshold_days)
      and array_position(reminder_threshold_days, null) is null
    ),
  constraint certification_types_name_is_unique unique (organization_id, name),
  constraint certification_types_belong_to_one_organization unique (organization_id, id)
);
alter table app_public.certification_types enable row level security;
comment on table app_public.certification_types is
  'What an organisation requires of its mentors, or offers them.';
comment on column app_public.certification_types.id is 'Key.';
comment on column app_public.certification_types.organization_id is 'The association.';
comment on column app_public.certification_types.name is 'Its name, as rosters write it.';
comment on column app_public.certification_types.is_required is
  'Whether a mentor must hold it to be active (S6).';
comment on column app_public.certification_types.grace_days is
  'Days after the last valid day before a mentor is paused; null takes the organisation''s.';
comment on column app_public.certification_types.reminder_threshold_days is
  'Days before expiry at which a reminder is due; null takes the organisation''s. Holds while the
organisation has custom_thresholds_enabled.';

create table app_public.certifications (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  mentor_id uuid not null,
  certification_type_id uuid not null,
  valid_from date not null,
  expires_on date not null,
  replaced_on date,
  revoked_at timestamptz,
  revocation_reason app_public.note,
  is_silent boolean not null default false,
  created_at timestamptz not null default now(),
  constraint certifications_end_after_they_begin check (expires_on >= valid_from),
  constraint certifications_dates_are_plausible
    check (valid_from >= date '1900-01-01' and expires_on < date '2200-01-01'),
  constraint certifications_are_replaced_while_they_run
    check (replaced_on > valid_from and replaced_on <= expires_on),
  constraint certifications_revocation_has_a_reason
    check ((revoked_at is null) = (revocation_reason is null)),
  constraint certifications_belong_to_one_mentor unique (id, mentor_id),
  constraint certifications_of_a_type_do_not_overlap exclude using gist (
    mentor_id with =,
    certification_type_id with =,
    daterange(valid_from, coalesce(replaced_on, expires_on + 1)) with &&
  ) where (revoked_at is null),
  foreign key (organization_id, mentor_id)
    references app_public.mentors (organization_id, id) on delete restrict,
  foreign key (organization_id, certification_type_id)
    references app_public.certification_types (organization_id, id) on delete restrict
);
create index certifications_mentor_idx on app_public.certifications (organization_id, mentor_id);
create index certifications_mentor_id_idx on app_public.certifications (mentor_id);
create index certifications_type_idx
  on app_public.certifications (organization_id, certification_type_id);
create index certifications_expiring_idx
  on app_public.certifications (organization_id, expires_on)
  where revoked_at is null;
alter table app_public.certifications enable row level security;
comment on table app_public.certifications is
  'One validity period of a certification type for a mentor (C4). Periods in force do not overlap;
a renewal granted early replaces the running one from its first day on.';
comment on column app_public.certifications.id is 'Key.';
comment on column app_public.certifications.organization_id is 'The association.';
comment on column app_public.certifications.mentor_id is 'Who holds it.';
comment on column app_public.certifications.certification_type_id is 'What is certified.';
comment on column app_public.certifications.valid_from is 'First valid day.';
comment on column app_public.certifications.expires_on is 'Last valid day.';
comment on column app_public.certifications.replaced_on is
  'First day of the renewal that replaced it before it expired, if one did.';
comment on column app_public.certifications.revoked_at is 'When it was taken back, if it was.';
comment on column app_public.certifications.revocation_reason is 'Why it was taken back.';
comment on column app_public.certifications.is_silent is
  'True for certifications that an import inserts together with their mentor, in one statement:
the first row of the journal stands for them, and nobody is told.';
comment on column app_public.certifications.created_at is 'When it was entered.';

create table app_public.nightly_runs (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references app_public.organizations on delete restrict,
  run_on date not null,
  state text not null default 'planned'
    constraint nightly_runs_state_is_known check (
      state in ('planned', 'running', 'needs_approval', 'succeeded', 'succeeded_with_failures',
        'failed', 'skipped')
    ),
  attempt integer not null default 0
    constraint nightly_runs_attempt_is_not_negative check (attempt >= 0),
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  approved_at timestamptz,
  approved_by text,
  covered_by_run_id uuid references app_public.nightly_runs on delete restrict,
  explanation text,
  mentor_count integer,
  paused_count integer not null default 0,
  resumed_count integer not null default 0,
  reminded_count integer not null default 0,
  followed_up_count integer not null default 0,
  hidden_count integer not null default 0,
  shown_count integer not null default 0,
  failed_count integer not null default 0,
  unchanged_count integer not null default 0,
  constraint nightly_runs_once_per_date unique (organization_id, run_on),
  constraint nightly_runs_finished_at_matches_state check (
    (finished_at is not null) = (state in ('succeeded', 'succeeded_with_failures', 'failed'))
  ),
  constraint nightly_runs_started_at_matches_state
    check ((started_at is not null) = (attempt > 0)),
  constraint nightly_runs_skipped_are_explained
    check (state <> 'skipped' or (explanation is not null and covered_by_run_id is not null)),
  constraint nightly_runs_approval_has_an_author
    check ((approved_at is null) = (approved_by is null)),
  constraint nightly_runs_failures_match_state check (
    (state <> 'succeeded' or failed_count = 0)
    and (state <> 'succeeded_with_failures' or failed_count > 0)
  )
);
create unique index nightly_runs_one_running
  on app_public.nightly_runs (organization_id)
  where state = 'running';
create unique index nightly_runs_one_waiting_for_approval
  on app_public.nightly_runs (organization_id)
  where state = 'needs_approval';
create index nightly_runs_covered_by_run_id_idx on app_public.nightly_runs (covered_by_run_id);
alter table app_public.nightly_runs enable row level security;
comment on table app_public.nightly_runs is
  'The ledger of nights: one row per organisation and local date. Every date either ran or is
recorded as skipped, naming the run that covered it (C5).';
comment on column app_public.nightly_runs.id is 'Key.';
comment on column app_public.nightly_runs.organization_id is 'The association.';
comment on column app_public.nightly_runs.run_on is 'The local date whose facts are acted on.';
comment on column app_public.nightly_runs.state is
  'planned (due), running, needs_approval (the brake), succeeded, succeeded_with_failures (some
mentors failed and are listed), failed, skipped (another run covered it).';
comment on column app_public.nightly_runs.attempt is
  'How often it was started. A process whose attempt is not the latest may write nothing more.';
comment on column app_public.nightly_runs.created_at is 'When the occurrence was recorded.';
comment on column app_public.nightly_runs.started_at is
  'When its latest attempt began, on the real clock whatever date is run.';
comment on column app_public.nightly_runs.finished_at is 'When its latest attempt ended.';
comment on column app_public.nightly_runs.approved_at is 'When a person released the brake.';
comment on column app_public.nightly_runs.approved_by is 'Who released the brake.';
comment on column app_public.nightly_runs.covered_by_run_id is
  'The run that acted on the facts in place of this one.';
comment on column app_public.nightly_runs.explanation is
  'One sentence: why it was skipped, stopped or failed.';
comment on column app_public.nightly_runs.mentor_count is
  'Mentors of the organisation who are not retired, when the run ended.';
comment on column app_public.nightly_runs.paused_count is 'Pauses applied.';
comment on column app_public.nightly_runs.resumed_count is 'Pauses lifted and mentors activated.';
comment on column app_public.nightly_runs.reminded_count is 'Reminders decided.';
comment on column app_public.nightly_runs.followed_up_count is 'Follow-ups decided.';
comment on column app_public.nightly_runs.hidden_count is 'Listings to be hidden.';
comment on column app_public.nightly_runs.shown_count is
  'Listings to be shown, or shown until another day.';
comment on column app_public.nightly_runs.failed_count is
  'Mentors for whom applying failed in the latest attempt.';
comment on column app_public.nightly_runs.unchanged_count is
  'Mentors for whom the run had nothing to do.';

-- Half of each page stays free for the outcomes: each row is changed once, and its indexes stay.
create table app_public.nightly_run_actions (
  id bigint primary key generated always as identity,
  run_id uuid not null references app_public.nightly_runs on delete restrict,
  attempt integer not null,
  mentor_id uuid not null,
  action text not null
    constraint nightly_run_actions_action_is_known
      check (action in ('pause', 'resume', 'remind', 'follow_up', 'hide', 'show')),
  pause_id uuid,
  certification_id uuid,
  expires_on date,
  threshold_days integer,
  collapsed_threshold_days integer[],
  visible_until date,
  reason_code text not null,
  reason text not null,
  outcome text not null default 'planned'
    constraint nightly_run_actions_outcome_is_known
      check (outcome in ('planned', 'applied', 'superseded', 'failed')),
  outcome_detail text,
  decided_at timestamptz not null default now(),
  constraint nightly_run_actions_failures_are_explained
    check (outcome not in ('failed', 'superseded') or outcome_detail is not null),
  constraint nightly_run_actions_reminders_have_a_threshold
    check ((action = 'remind') = (threshold_days is not null))
) with (fillfactor = 50);
create index nightly_run_actions_run_idx
  on app_public.nightly_run_actions (run_id, attempt, mentor_id);
create index nightly_run_actions_mentor_idx on app_public.nightly_run_actions (mentor_id);
alter table app_public.nightly_run_actions enable row level security;
comment on table app_public.nightly_run_actions is
  'The plan of a run as it was decided, and what became of each row: the evidence (C10). It refers
to mentors and certifications, which are never deleted, without foreign keys: storing a plan
must not wait for somebody who keeps one of them locked.';
comment on column app_public.nightly_run_actions.id is 'Key, in the order of the plan.';
comment on column app_public.nightly_run_actions.run_id is 'The run.';
comment on column app_public.nightly_run_actions.attempt is 'The attempt that decided it.';
comment on column app_public.nightly_run_actions.mentor_id is 'About whom.';
comment on column app_public.nightly_run_actions.action is
  'pause, resume, remind, follow_up, hide or show.';
comment on column app_public.nightly_run_actions.pause_id is 'The pause that a resume ends.';
comment on column app_public.nightly_run_actions.certification_id is
  'The certification that expired, or that a reminder is about.';
comment on column app_public.nightly_run_actions.expires_on is 'Its last valid day.';
comment on column app_public.nightly_run_actions.threshold_days is
  'The most urgent threshold that is due; only for reminders.';
comment on column app_public.nightly_run_actions.collapsed_threshold_days is
  'Larger thresholds that were missed and are covered by this reminder.';
comment on column app_public.nightly_run_actions.visible_until is
  'Last day of a listing that is to be shown; null without an end.';
comment on column app_public.nightly_run_actions.reason_code is 'The rule that decided.';
comment on column app_public.nightly_run_actions.reason is 'The same in a sentence.';
comment on column app_public.nightly_run_actions.outcome is
  'planned, applied, superseded (no longer true when it was to be applied) or failed.';
comment on column app_public.nightly_run_actions.outcome_detail is
  'Why it was superseded or failed.';
comment on column app_public.nightly_run_actions.decided_at is 'When it was decided.';

create table app_public.certification_reminders (
  mentor_id uuid not null,
  certification_id uuid not null,
  expires_on date not null,
  threshold_days integer not null
    constraint certification_reminders_threshold_is_plausible
      check (threshold_days between 0 and 365),
  disposition text not null
    constraint certification_reminders_disposition_is_known
      check (disposition in ('notified', 'collapsed', 'seeded')),
  collapsed_into_days integer,
  decided_on date not null,
  nightly_run_id uuid references app_public.nightly_runs on delete restrict,
  constraint certification_reminders_once
    primary key (mentor_id, certification_id, expires_on, threshold_days),
  constraint certification_reminders_collapse_into_a_smaller_threshold check (
    (disposition = 'collapsed') = (collapsed_into_days is not null)
    and (collapsed_into_days is null or collapsed_into_days < threshold_days)
  ),
  foreign key (certification_id, mentor_id)
    references app_public.certifications (id, mentor_id) on delete restrict
);
create index certification_reminders_certification_idx
  on app_public.certification_reminders (certification_id, mentor_id);
create index certification_reminders_run_idx
  on app_public.certification_reminders (nightly_run_id);
alter table app_public.certification_reminders enable row level security;
comment on table app_public.certification_reminders is
  'Which threshold of which period has been dealt with, for ever: a reminder is unique by mentor,
certification, expiry date and threshold (C2).';
comment on column app_public.certification_reminders.mentor_id is 'Who is reminded.';
comment on column app_public.certification_reminders.certification_id is 'Of what.';
comment on column app_public.certification_reminders.expires_on is
  'The last valid day that was announced; a corrected date arms the thresholds again.';
comment on column app_public.certification_reminders.threshold_days is 'Days before expiry.';
comment on column app_public.certification_reminders.disposition is
  'notified; collapsed (missed, covered by a more urgent one); seeded (a silent import).';
comment on column app_public.certification_reminders.collapsed_into_days is
  'The threshold that covered it.';
comment on column app_public.certification_reminders.decided_on is
  'The local date of the decision.';
comment on column app_public.certification_reminders.nightly_run_id is 'The run that decided it.';

create table app_public.mentor_pauses (
  id uuid primary key default gen_random_uuid(),
  mentor_id uuid not null references app_public.mentors on delete restrict,
  cause text not null
    constraint mentor_pauses_cause_is_known
      check (cause in ('self', 'coordinator', 'certification')),
  kind text not null generated always as (
    case cause when 'certification' then 'certification' else 'person' end
  ) stored,
  reason app_public.note not null,
  certification_id uuid,
  started_at timestamptz not null,
  started_by text not null,
  expected_return_on date,
  ended_at timestamptz,
  ended_by text,
  end_cause text
    constraint mentor_pauses_end_cause_is_known
      check (end_cause in ('resumed', 'planned_return', 'recertified', 'retired')),
  is_silent boolean not null default false,
  nightly_run_id uuid references app_public.nightly_runs on delete restrict,
  constraint mentor_pauses_end_after_they_start check (ended_at >= started_at),
  constraint mentor_pauses_end_has_a_cause_and_an_author check (
    (ended_at is null) = (end_cause is null) and (ended_at is null) = (ended_by is null)
  ),
  constraint mentor_pauses_only_people_plan_a_return
    check (kind = 'person' or expected_return_on is null),
  constraint mentor_pauses_only_certification_pauses_name_one
    check (kind = 'certification' or certification_id is null),
  constraint mentor_pauses_end_by_their_own_kind check (
    end_cause is null
    or end_cause = 'retired'
    or (kind = 'person') = (end_cause in ('resumed', 'planned_return'))
  ),
  foreign key (certification_id, mentor_id)
    references app_public.certifications (id, mentor_id) on delete restrict
);
create unique index mentor_pauses_one_open_per_kind
  on app_public.mentor_pauses (mentor_id, kind)
  where ended_at is null;
create index mentor_pauses_mentor_idx on app_public.mentor_pauses (mentor_id);
create index mentor_pauses_certification_idx
  on app_public.mentor_pauses (certification_id, mentor_id)
  where certification_id is not null;
create index mentor_pauses_run_idx on app_public.mentor_pauses (nightly_run_id);
alter table app_public.mentor_pauses enable row level security;
comment on table app_public.mentor_pauses is
  'Periods in which a mentor is not available. A mentor is paused while any is open; a person''s
pause and one for certification are independent facts (S5).';
comment on column app_public.mentor_pauses.id is 'Key.';
comment on column app_public.mentor_pauses.mentor_id is 'Who pauses.';
comment on column app_public.mentor_pauses.cause is 'self, coordinator or certification.';
comment on column app_public.mentor_pauses.kind is
  'person or certification: at most one of each is open.';
comment on column app_public.mentor_pauses.reason is 'Why: a category or a sentence, no diagnosis.';
comment on column app_public.mentor_pauses.certification_id is
  'The certification that expired or was revoked; null if the mentor never held the required one.';
comment on column app_public.mentor_pauses.started_at is 'First instant.';
comment on column app_public.mentor_pauses.started_by is 'Who or what opened it.';
comment on column app_public.mentor_pauses.expected_return_on is
  'The day of the planned return: that night the pause is lifted.';
comment on column app_public.mentor_pauses.ended_at is 'When it was lifted; null while it is open.';
comment on column app_public.mentor_pauses.ended_by is 'Who or what lifted it.';
comment on column app_public.mentor_pauses.end_cause is
  'resumed, planned_return, recertified or retired.';
comment on column app_public.mentor_pauses.is_silent is
  'True for pauses that an import inserts together with their mentor, in one statement: the first
row of the journal stands for them, and nobody is told.';
comment on column app_public.mentor_pauses.nightly_run_id is 'The run that opened it, if one did.';

create table app_public.mentor_journal (
  mentor_id uuid not null references app_public.mentors on delete restrict,
  version integer not null
    constraint mentor_journal_version_starts_at_one check (version >= 1),
  event text not null
    constraint mentor_journal_event_is_known check (
      event in ('enrolled', 'imported', 'activated', 'paused', 'resumed', 'retired', 'reenrolled',
        'certified', 'certification_corrected', 'certification_revoked', 'updated')
    ),
  from_status text,
  to_status text not null,
  cause text,
  reason text,
  actor text not null,
  at timestamptz not null,
  pause_id uuid,
  certification_id uuid,
  nightly_run_id uuid,
  recorded_at timestamptz not null default clock_timestamp(),
  previous_version integer generated always as (
    case when version > 1 then version - 1 end
  ) stored,
  arrow_from text generated always as (
    case when from_status is distinct from to_status then coalesce(from_status, 'new') end
  ) stored,
  arrow_to text generated always as (
    case when from_status is distinct from to_status then to_status end
  ) stored,
  primary key (mentor_id, version),
  constraint mentor_journal_head_can_be_referred_to unique (mentor_id, version, to_status),
  constraint mentor_journal_begins_with_version_one
    check ((version = 1) = (from_status is null)),
  constraint mentor_journal_has_no_gap
    foreign key (mentor_id, previous_version, from_status)
    references app_public.mentor_journal (mentor_id, version, to_status) on delete restrict,
  constraint mentor_journal_follows_the_arrows
    foreign key (arrow_from, arrow_to)
    references app_public.mentor_status_transitions (from_status, to_status) on delete restrict
);
alter table app_public.mentor_journal enable row level security;
comment on table app_public.mentor_journal is
  'Append-only record of every change of a mentor, version by version without a gap (S3).';
comment on column app_public.mentor_journal.mentor_id is 'Who changed.';
comment on column app_public.mentor_journal.version is 'The mentor''s version after the change.';
comment on column app_public.mentor_journal.event is 'What happened.';
comment on column app_public.mentor_journal.from_status is 'Status before; null for the first row.';
comment on column app_public.mentor_journal.to_status is 'Status after.';
comment on column app_public.mentor_journal.cause is 'The cause of a pause or of its end.';
comment on column app_public.mentor_journal.reason is 'Why, in a sentence.';
comment on column app_public.mentor_journal.actor is
  'Who or what did it: person:<id>, nightly, import or database:<login>.';
comment on column app_public.mentor_journal.at is
  'When; for a run of another date, noon of that date.';
comment on column app_public.mentor_journal.recorded_at is
  'When the row was really written, whatever date was acted on.';
comment on column app_public.mentor_journal.pause_id is 'The pause that was opened or ended.';
comment on column app_public.mentor_journal.certification_id is 'The certification concerned.';
comment on column app_public.mentor_journal.nightly_run_id is 'The run that did it, if one did.';
comment on column app_public.mentor_journal.previous_version is
  'Computed: the version that must exist before this one.';
comment on column app_public.mentor_journal.arrow_from is
  'Computed: start of the arrow, where the status changed.';
comment on column app_public.mentor_journal.arrow_to is
  'Computed: end of the arrow, where the status changed.';

-- A mentor's status and version are those of the last journal row, checked when the transaction
-- ends. The tables are empty: nothing is scanned and nobody waits.
alter table app_public.mentors
  -- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
  add constraint mentors_head_is_journalled
  foreign key (id, version, status)
  references app_public.mentor_journal (mentor_id, version, to_status)
  on delete restrict
  deferrable initially deferred;

create type app_private.mentor_change as (
  mentor_id uuid,
  event text,
  from_status text,
  cause text,
  reason text,
  actor text,
  pause_id uuid,
  certification_id uuid,
  nightly_run_id uuid
);
comment on type app_private.mentor_change is
  'What a trigger tells record_changes: which event befell which mentor, and why. from_status only
where the row already holds the new one.';

create type app_public.nightly_decision as (
  action text,
  mentor_id uuid,
  mentor_key text,
  pause_id uuid,
  certification_id uuid,
  certification_type text,
  expires_on date,
  threshold_days integer,
  collapsed_threshold_days integer[],
  visible_until date,
  reason_code text,
  reason text
);
comment on type app_public.nightly_decision is
  'One row of a plan: pause, resume, remind, follow_up, hide, show or none, and why.';
