--! Previous: sha1:1d10d4ac8a57336c66c54b4406635fc1b36707b3
--! Hash: sha1:279602145884a5f1dea4ab05224ee01ca31398ff
--! Message: mentors

/*
 * Mentors, their status machine, and who looks after whom.
 *
 * The arrows of the machine are rows, so that one trigger guards them, the documentation draws them
 * and the journal refers to them by foreign key (S2).
 */
create table app_public.mentor_statuses (
  status text primary key,
  description text not null
);
alter table app_public.mentor_statuses enable row level security;
comment on table app_public.mentor_statuses is 'The states of a mentor.';
comment on column app_public.mentor_statuses.status is 'Its name.';
comment on column app_public.mentor_statuses.description is 'What it means.';
insert into app_public.mentor_statuses (status, description) values
  ('new', 'Not yet known: where the first arrow starts. No mentor is stored with it.'),
  ('pending', 'Enrolled, not yet certified.'),
  ('active', 'Certified and available.'),
  ('paused', 'Not available while any pause is open.'),
  ('retired', 'No longer a mentor.');

create table app_public.mentor_status_transitions (
  from_status text not null references app_public.mentor_statuses on delete restrict,
  to_status text not null references app_public.mentor_statuses on delete restrict,
  label text not null,
  primary key (from_status, to_status),
  constraint mentor_status_transitions_lead_somewhere_else
    check (from_status <> to_status and to_status <> 'new')
);
create index mentor_status_transitions_to_status_idx
  on app_public.mentor_status_transitions (to_status);
alter table app_public.mentor_status_transitions enable row level security;
comment on table app_public.mentor_status_transitions is
  'The arrows of the status machine. docs/state-machine.md is drawn from these rows.';
comment on column app_public.mentor_status_transitions.from_status is 'Where the arrow starts.';
comment on column app_public.mentor_status_transitions.to_status is 'Where it ends.';
comment on column app_public.mentor_status_transitions.label is 'What takes a mentor along it.';
insert into app_public.mentor_status_transitions (from_status, to_status, label) values
  ('new', 'pending', 'enrolled'),
  ('new', 'active', 'imported with a valid certification'),
  ('new', 'paused', 'imported with an expired one'),
  ('pending', 'active', 'certified'),
  ('active', 'paused', 'self · coordinator · certification expired'),
  ('paused', 'active', 'resumed · planned return · recertified'),
  ('pending', 'retired', 'retired'),
  ('active', 'retired', 'retired'),
  ('paused', 'retired', 'retired'),
  ('retired', 'pending', 're-enrolled');

-- Room on each page for a new version of the row: a night changes many, and their indexes stay.
create table app_public.mentors (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references app_public.organizations on delete restrict,
  chapter_id uuid not null,
  person_id uuid not null,
  mentor_key app_public.label not null,
  status text not null default 'pending'
    references app_public.mentor_statuses on delete restrict
    constraint mentors_new_is_never_stored check (status <> 'new'),
  version integer not null default 1
    constraint mentors_version_starts_at_one check (version >= 1),
  portal_consent boolean not null default false,
  coverage datemultirange not null default '{}',
  enrolled_at timestamptz not null default now(),
  constraint mentors_mentor_key_is_unique unique (organization_id, mentor_key),
  constraint mentors_engage_a_person_once_per_chapter unique (person_id, chapter_id),
  constraint mentors_belong_to_one_organization unique (organization_id, id),
  foreign key (organization_id, chapter_id)
    references app_public.chapters (organization_id, id) on delete restrict,
  foreign key (organization_id, person_id)
    references app_public.people (organization_id, id) on delete restrict
) with (fillfactor = 80);
create index mentors_organization_id_chapter_id_idx
  on app_public.mentors (organization_id, chapter_id);
create index mentors_organization_id_person_id_idx
  on app_public.mentors (organization_id, person_id);
alter table app_public.mentors enable row level security;
comment on table app_public.mentors is
  'A person''s engagement as peer mentor in a chapter. Its status follows from facts: triggers
derive it from pauses and certifications, count the version and write the journal, whoever
writes (S1, S2).';
comment on column app_public.mentors.id is 'Key.';
comment on column app_public.mentors.organization_id is 'The association.';
comment on column app_public.mentors.chapter_id is 'The chapter.';
comment on column app_public.mentors.person_id is 'The person.';
comment on column app_public.mentors.mentor_key is
  'The association''s own opaque key for the mentor, and the portal''s.';
comment on column app_public.mentors.status is 'pending, active, paused or retired.';
comment on column app_public.mentors.version is
  'Counts every journalled change by one; commands take it as expected_version.';
comment on column app_public.mentors.portal_consent is
  'Whether the mentor has agreed to be listed on the public website.';
comment on column app_public.mentors.coverage is
  'The days on which every required certification holds, grace days included. Kept by triggers
from certifications, types and settings; never written by hand.';
comment on column app_public.mentors.enrolled_at is 'When the mentor was entered.';

create table app_public.coordinator_assignments (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  mentor_id uuid not null,
  coordinator_id uuid not null,
  period daterange not null
    constraint coordinator_assignments_period_is_not_empty
      check (not isempty(period) and not lower_inf(period)),
  constraint coordinator_assignments_of_a_pair_do_not_overlap
    exclude using gist (mentor_id with =, coordinator_id with =, period with &&),
  foreign key (organization_id, mentor_id)
    references app_public.mentors (organization_id, id) on delete cascade,
  foreign key (organization_id, coordinator_id)
    references app_public.coordinators (organization_id, person_id) on delete restrict
);
create index coordinator_assignments_mentor_idx
  on app_public.coordinator_assignments (organization_id, mentor_id);
create index coordinator_assignments_coordinator_idx
  on app_public.coordinator_assignments (organization_id, coordinator_id);
alter table app_public.coordinator_assignments enable row level security;
comment on table app_public.coordinator_assignments is
  'Which coordinator looks after which mentor, and when. Many to many.';
comment on column app_public.coordinator_assignments.id is 'Key.';
comment on column app_public.coordinator_assignments.organization_id is 'The association of both.';
comment on column app_public.coordinator_assignments.mentor_id is 'The mentor looked after.';
comment on column app_public.coordinator_assignments.coordinator_id is 'The person who does.';
comment on column app_public.coordinator_assignments.period is
  'From the first day on; the upper bound, if any, is the first day after.';

create table app_public.assignments (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  mentor_id uuid not null,
  assignment_key app_public.label not null,
  client_reference app_public.label not null,
  opened_on date not null,
  closed_on date,
  last_contact_on date not null,
  constraint assignments_key_is_unique unique (organization_id, assignment_key),
  constraint assignments_belong_to_one_mentor unique (id, mentor_id),
  constraint assignments_dates_are_plausible
    check (opened_on >= date '1900-01-01' and last_contact_on < date '2200-01-01'),
  constraint assignments_are_closed_after_they_open check (closed_on >= opened_on),
  constraint assignments_contact_is_not_before_they_open check (last_contact_on >= opened_on),
  foreign key (organization_id, mentor_id)
    references app_public.mentors (organization_id, id) on delete restrict
);
create index assignments_mentor_idx on app_public.assignments (organization_id, mentor_id);
alter table app_public.assignments enable row level security;
comment on table app_public.assignments is 'A mentor''s engagement with one client.';
comment on column app_public.assignments.id is 'Key.';
comment on column app_public.assignments.organization_id is 'The association.';
comment on column app_public.assignments.mentor_id is 'The mentor.';
comment on column app_public.assignments.assignment_key is 'The association''s own key for it.';
comment on column app_public.assignments.client_reference is
  'An opaque reference to the client, never a name.';
comment on column app_public.assignments.opened_on is 'First day; counts as the first contact.';
comment on column app_public.assignments.closed_on is 'Last day; null while it is open.';
comment on column app_public.assignments.last_contact_on is 'Day of the latest known contact.';
