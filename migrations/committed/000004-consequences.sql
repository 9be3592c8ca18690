--! Previous: sha1:662958fb2424cd466a936a4b381834564e60d3ac
--! Hash: sha1:4adb80e49755f8f5ff5c2902fc6e4a5d0ca389c5
--! Message: consequences

/*
 * What follows from the facts: notifications, the listing on the public website, discrepancies;
 * and the staging table of imports.
 */
create table app_public.notifications (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  mentor_id uuid not null,
  assignment_id uuid,
  kind text not null
    constraint notifications_kind_is_known check (
      kind in ('certification_reminder', 'mentor_paused', 'mentor_resumed', 'mentor_still_paused')
    ),
  audience text not null
    constraint notifications_audience_is_known check (audience in ('mentor', 'coordinators')),
  state text not null default 'open'
    constraint notifications_state_is_known
      check (state in ('open', 'dispatched', 'superseded', 'undeliverable')),
  reason text not null,
  dedupe_key text not null
    constraint notifications_once unique,
  pause_id uuid references app_public.mentor_pauses on delete restrict,
  certification_id uuid references app_public.certifications on delete restrict,
  expires_on date,
  threshold_days integer,
  nightly_run_id uuid references app_public.nightly_runs on delete restrict,
  not_before timestamptz,
  created_at timestamptz not null default now(),
  foreign key (organization_id, mentor_id)
    references app_public.mentors (organization_id, id) on delete restrict,
  foreign key (assignment_id, mentor_id)
    references app_public.assignments (id, mentor_id) on delete restrict
);
create index notifications_mentor_idx on app_public.notifications (organization_id, mentor_id);
create index notifications_open_idx
  on app_public.notifications (created_at)
  where state = 'open';
create index notifications_assignment_idx
  on app_public.notifications (assignment_id, mentor_id)
  where assignment_id is not null;
create index notifications_pause_idx
  on app_public.notifications (pause_id)
  where pause_id is not null;
create index notifications_certification_idx
  on app_public.notifications (certification_id)
  where certification_id is not null;
create index notifications_run_idx on app_public.notifications (nightly_run_id);
alter table app_public.notifications enable row level security;
comment on table app_public.notifications is
  'Something to be told, about somebody, once. Recipients are found when it is dispatched (N1).';
comment on column app_public.notifications.id is 'Key.';
comment on column app_public.notifications.organization_id is 'The association.';
comment on column app_public.notifications.mentor_id is 'About whom.';
comment on column app_public.notifications.assignment_id is 'About which assignment, if one.';
comment on column app_public.notifications.kind is 'What is told.';
comment on column app_public.notifications.audience is 'Who is to be told: mentor or coordinators.';
comment on column app_public.notifications.state is
  'open, dispatched, superseded (its cause had gone) or undeliverable (there was nobody).';
comment on column app_public.notifications.reason is 'Why, in a sentence.';
comment on column app_public.notifications.dedupe_key is
  'The fact and the audience; a second row for the same is refused (N3).';
comment on column app_public.notifications.pause_id is 'The pause it tells of.';
comment on column app_public.notifications.certification_id is 'The certification it tells of.';
comment on column app_public.notifications.expires_on is 'Its last valid day, as announced.';
comment on column app_public.notifications.threshold_days is 'The threshold of a reminder.';
comment on column app_public.notifications.nightly_run_id is 'The run that caused it.';
comment on column app_public.notifications.not_before is
  'Not to be dispatched before this instant.';
comment on column app_public.notifications.created_at is 'When it was written.';

-- Room on each page for a new version of the row: a night hides many, and their indexes stay.
create table app_public.portal_listings (
  mentor_id uuid primary key,
  organization_id uuid not null,
  desired_visible boolean not null,
  desired_until date,
  desired_version integer not null
    constraint portal_listings_desired_version_starts_at_one check (desired_version >= 1),
  changed_at timestamptz not null,
  constraint portal_listings_only_visible_ones_have_an_end
    check (desired_visible or desired_until is null),
  foreign key (organization_id, mentor_id)
    references app_public.mentors (organization_id, id) on delete restrict
) with (fillfactor = 80);
create index portal_listings_mentor_idx
  on app_public.portal_listings (organization_id, mentor_id);
alter table app_public.portal_listings enable row level security;
comment on table app_public.portal_listings is
  'What the public website should show about a mentor: one row for each mentor who ever could be
listed. Kept by triggers (P1).';
comment on column app_public.portal_listings.mentor_id is 'The mentor.';
comment on column app_public.portal_listings.organization_id is 'The association.';
comment on column app_public.portal_listings.desired_visible is
  'Whether the mentor should be visible: active, consenting and certified.';
comment on column app_public.portal_listings.desired_until is
  'Last day on which the mentor should be visible (P6); null without an end, or when hidden.';
comment on column app_public.portal_listings.desired_version is
  'Counts every change of the wish by one.';
comment on column app_public.portal_listings.changed_at is 'When the wish last changed.';

create table app_public.portal_events (
  id bigint primary key generated always as identity,
  organization_id uuid not null,
  mentor_id uuid not null references app_public.portal_listings on delete restrict,
  desired_version integer not null,
  kind text not null
    constraint portal_events_kind_is_known
      check (kind in ('listing.hidden', 'listing.shown', 'listing.until_changed')),
  desired_until date,
  mentor_version integer not null,
  created_at timestamptz not null default now(),
  constraint portal_events_once_per_version unique (mentor_id, desired_version)
);
alter table app_public.portal_events enable row level security;
comment on table app_public.portal_events is
  'Every change of what the website should show, written in the transaction that caused it (P1).';
comment on column app_public.portal_events.id is 'Key.';
comment on column app_public.portal_events.organization_id is 'The association.';
comment on column app_public.portal_events.mentor_id is 'The mentor.';
comment on column app_public.portal_events.desired_version is 'The listing''s version after it.';
comment on column app_public.portal_events.kind is
  'listing.hidden, listing.shown or listing.until_changed.';
comment on column app_public.portal_events.desired_until is 'The last day wanted visible, if any.';
comment on column app_public.portal_events.mentor_version is
  'The mentor''s version when it was written.';
comment on column app_public.portal_events.created_at is 'When it was written.';

create table app_public.discrepancies (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references app_public.organizations on delete restrict,
  mentor_id uuid references app_public.mentors on delete restrict,
  invariant text not null,
  detail text not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  constraint discrepancies_close_after_they_open check (closed_at >= opened_at)
);
create unique index discrepancies_open_once
  on app_public.discrepancies (organization_id, mentor_id, invariant) nulls not distinct
  where closed_at is null;
create index discrepancies_organization_idx on app_public.discrepancies (organization_id);
create index discrepancies_mentor_idx on app_public.discrepancies (mentor_id);
alter table app_public.discrepancies enable row level security;
comment on table app_public.discrepancies is
  'Something that may never be true and was found true; put before the coordinators (S3). It
closes when the check no longer finds it.';
comment on column app_public.discrepancies.id is 'Key.';
comment on column app_public.discrepancies.organization_id is 'The association.';
comment on column app_public.discrepancies.mentor_id is 'The mentor concerned, if one is.';
comment on column app_public.discrepancies.invariant is 'Name of the rule that does not hold.';
comment on column app_public.discrepancies.detail is 'What was found.';
comment on column app_public.discrepancies.opened_at is 'When it was first found.';
comment on column app_public.discrepancies.closed_at is 'When it was first no longer found.';

create table app_private.import_rows (
  import_id uuid not null,
  line integer not null
    constraint import_rows_line_is_positive check (line >= 1),
  cells jsonb not null,
  primary key (import_id, line)
);
alter table app_private.import_rows enable row level security;
comment on table app_private.import_rows is
  'The rows of a file while it is being imported. Written and emptied in the import''s
transaction.';
comment on column app_private.import_rows.import_id is 'The import under way.';
comment on column app_private.import_rows.line is 'Line of the file, the header being line 1.';
comment on column app_private.import_rows.cells is 'Column name to text, as the file has it.';
