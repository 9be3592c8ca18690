--! Previous: -
--! Hash: sha1:1d10d4ac8a57336c66c54b4406635fc1b36707b3
--! Message: organizations and people

/*
 * The two schemas, and who belongs to an association: organisations with their settings,
 * chapters, people and the roles they hold.
 *
 * btree_gist lets an exclusion constraint compare a uuid and a period in one index. It is a trusted
 * extension: the owner of the database may create it, no superuser is needed (C9).
 */
create extension if not exists btree_gist;

create schema app_public;
comment on schema app_public is 'What the API shows, under row level security.';
create schema app_private;
comment on schema app_private is 'What the API does not show: rules, ledgers and their machinery.';

-- Nothing is executable by everybody: each function grants what it means to grant.
alter default privileges revoke execute on functions from public;

create domain app_public.label as text
  constraint label_is_trimmed check (value = btrim(value))
  constraint label_is_between_1_and_200_characters check (length(value) between 1 and 200)
  constraint label_has_no_control_characters
    check (value !~ '[\u0001-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]')
  constraint label_is_no_spreadsheet_formula check (value !~ '^[=+@-]');
comment on domain app_public.label is
  'A name or key of 1 to 200 characters on one line, which no spreadsheet takes for a formula.';

create domain app_public.note as text
  constraint note_is_between_1_and_1000_characters
    check (length(btrim(value)) >= 1 and length(value) <= 1000)
  constraint note_has_no_control_characters
    check (value !~ '[\u0001-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]');
comment on domain app_public.note is
  'A sentence or two written by a person: up to 1000 characters. Categories, never diagnoses.';

create table app_private.standard_settings (
  is_only_row boolean primary key default true
    constraint standard_settings_has_one_row check (is_only_row),
  reminder_threshold_days integer[] not null default '{30,14,7}'
    constraint standard_settings_thresholds_are_plausible check (
      0 <= all (reminder_threshold_days)
      and 365 >= all (reminder_threshold_days)
      and array_position(reminder_threshold_days, null) is null
    )
);
alter table app_private.standard_settings enable row level security;
comment on table app_private.standard_settings is
  'What holds for organisations that have not enabled thresholds of their own (C3). One row.';
comment on column app_private.standard_settings.is_only_row is 'Always true: there is one row.';
comment on column app_private.standard_settings.reminder_threshold_days is
  'Days before expiry at which a reminder is due.';
insert into app_private.standard_settings default values;

create table app_public.organizations (
  id uuid primary key default gen_random_uuid(),
  slug text not null
    constraint organizations_slug_is_unique unique
    constraint organizations_slug_is_url_safe check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name app_public.label not null,
  time_zone text not null default 'Europe/Oslo'
    constraint organizations_time_zone_is_a_named_zone check (
      time_zone ~ '^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$'
      and timezone(time_zone, timestamptz '2000-01-01 00:00:00+00') is not null
    ),
  locale text not null default 'nb'
    constraint organizations_locale_is_supported check (locale in ('nb', 'nn', 'en')),
  created_at timestamptz not null default now()
);
alter table app_public.organizations enable row level security;
comment on table app_public.organizations is 'An association that runs peer mentors.';
comment on column app_public.organizations.id is 'Key.';
comment on column app_public.organizations.slug is
  'Short name for commands and addresses: lower case letters, digits and hyphens.';
comment on column app_public.organizations.name is 'The name as people write it.';
comment on column app_public.organizations.time_zone is
  'IANA name. It turns an instant into the organisation''s date, on which every rule works.';
comment on column app_public.organizations.locale is
  'Language of messages to people who have chosen none: nb, nn or en.';
comment on column app_public.organizations.created_at is 'When the organisation was created.';

create table app_public.organization_settings (
  organization_id uuid primary key references app_public.organizations on delete cascade,
  nightly_at time not null default '01:00',
  grace_days integer not null default 0
    constraint organization_settings_grace_is_plausible check (grace_days between 0 and 365),
  custom_thresholds_enabled boolean not null default false,
  reminder_threshold_days integer[] not null default '{30,14,7}'
    constraint organization_settings_thresholds_are_plausible check (
      0 <= all (reminder_threshold_days)
      and 365 >= all (reminder_threshold_days)
      and array_position(reminder_threshold_days, null) is null
    ),
  brake_share numeric(4, 3) not null default 0.200
    constraint organization_settings_brake_share_is_a_share check (brake_share between 0 and 1),
  brake_minimum integer not null default 10
    constraint organization_settings_brake_minimum_is_not_negative check (brake_minimum >= 0),
  updated_at timestamptz not null default now()
);
alter table app_public.organization_settings enable row level security;
comment on table app_public.organization_settings is
  'How an organisation wants its nights: one row each, changed by update_organization_settings.';
comment on column app_public.organization_settings.organization_id is 'Whose settings.';
comment on column app_public.organization_settings.nightly_at is
  'Local time of day from which the nightly run of that date is due.';
comment on column app_public.organization_settings.grace_days is
  'Days after the last valid day before a mentor is paused. A certification type may override it.';
comment on column app_public.organization_settings.custom_thresholds_enabled is
  'Feature flag of C3: false, the standard thresholds hold; true, the organisation''s own and
those of its certification types.';
comment on column app_public.organization_settings.reminder_threshold_days is
  'Days before expiry at which a reminder is due, while custom_thresholds_enabled is true.';
comment on column app_public.organization_settings.brake_share is
  'Share of mentors (0 to 1) above which a run waits for approval (C11).';
comment on column app_public.organization_settings.brake_minimum is
  'Number of mentors up to which the brake never stops a run.';
comment on column app_public.organization_settings.updated_at is 'Last change.';

create table app_public.chapters (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references app_public.organizations on delete restrict,
  name app_public.label not null,
  constraint chapters_name_is_unique unique (organization_id, name),
  constraint chapters_belong_to_one_organization unique (organization_id, id)
);
alter table app_public.chapters enable row level security;
comment on table app_public.chapters is 'A local or regional unit (lokallag, fylkeslag).';
comment on column app_public.chapters.id is 'Key.';
comment on column app_public.chapters.organization_id is 'The association it belongs to.';
comment on column app_public.chapters.name is 'The name, unique within the organisation.';

create table app_public.people (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references app_public.organizations on delete restrict,
  auth_subject text
    constraint people_auth_subject_is_not_blank
      check (length(btrim(auth_subject)) between 1 and 255),
  full_name app_public.label not null,
  email text not null
    constraint people_email_is_one_address check (
      length(email) <= 254 and email !~ '^[=+@-]'
      and email ~ '^[^@\s,;<>"()\\\u0001-\u001f\u007f-\u009f]+@[^@\s,;<>"()\\\u0001-\u001f\u007f-\u009f]+\.[^@\s,;<>"()\\\u0001-\u001f\u007f-\u009f]+$'
    ),
  phone text
    constraint people_phone_is_a_number check (phone ~ '^\+?[0-9][0-9 ()-]{3,30}$'),
  locale text
    constraint people_locale_is_supported check (locale in ('nb', 'nn', 'en')),
  created_at timestamptz not null default now(),
  constraint people_belong_to_one_organization unique (organization_id, id),
  constraint people_auth_subject_is_unique unique (organization_id, auth_subject)
);
create unique index people_email_is_unique
  on app_public.people (organization_id, lower(email));
alter table app_public.people enable row level security;
comment on table app_public.people is 'Somebody with an address and perhaps a login.';
comment on column app_public.people.id is 'Key.';
comment on column app_public.people.organization_id is 'The association that knows the person.';
comment on column app_public.people.auth_subject is
  'The subject of the person''s login token, of any trusted issuer; null without a login.';
comment on column app_public.people.full_name is 'The name as it is written on an envelope.';
comment on column app_public.people.email is
  'One e-mail address. Unique within the organisation, whatever its case.';
comment on column app_public.people.phone is 'Telephone number, digits with an optional leading +.';
comment on column app_public.people.locale is
  'Preferred language: nb, nn or en; null takes the organisation''s.';
comment on column app_public.people.created_at is 'When the person was entered.';

create table app_public.organization_administrators (
  organization_id uuid not null references app_public.organizations on delete cascade,
  person_id uuid not null,
  primary key (organization_id, person_id),
  foreign key (organization_id, person_id)
    references app_public.people (organization_id, id) on delete cascade
);
create index organization_administrators_person_id_idx
  on app_public.organization_administrators (person_id);
alter table app_public.organization_administrators enable row level security;
comment on table app_public.organization_administrators is
  'People who may see and repair everything in an organisation.';
comment on column app_public.organization_administrators.organization_id is 'The organisation.';
comment on column app_public.organization_administrators.person_id is 'The administrator.';

create table app_public.chapter_administrators (
  organization_id uuid not null references app_public.organizations on delete cascade,
  chapter_id uuid not null,
  person_id uuid not null,
  primary key (chapter_id, person_id),
  foreign key (organization_id, chapter_id)
    references app_public.chapters (organization_id, id) on delete cascade,
  foreign key (organization_id, person_id)
    references app_public.people (organization_id, id) on delete cascade
);
create index chapter_administrators_organization_id_chapter_id_idx
  on app_public.chapter_administrators (organization_id, chapter_id);
create index chapter_administrators_organization_id_person_id_idx
  on app_public.chapter_administrators (organization_id, person_id);
alter table app_public.chapter_administrators enable row level security;
comment on table app_public.chapter_administrators is 'People who administer a chapter.';
comment on column app_public.chapter_administrators.organization_id is 'The organisation of both.';
comment on column app_public.chapter_administrators.chapter_id is 'The chapter.';
comment on column app_public.chapter_administrators.person_id is 'The administrator.';

create table app_public.coordinators (
  organization_id uuid not null references app_public.organizations on delete cascade,
  person_id uuid not null,
  primary key (organization_id, person_id),
  foreign key (organization_id, person_id)
    references app_public.people (organization_id, id) on delete cascade
);
create index coordinators_person_id_idx on app_public.coordinators (person_id);
alter table app_public.coordinators enable row level security;
comment on table app_public.coordinators is
  'People who may be given mentors to look after; which ones stands in coordinator_assignments.';
comment on column app_public.coordinators.organization_id is 'The organisation.';
comment on column app_public.coordinators.person_id is 'The coordinator.';

create table app_public.error_codes (
  code text primary key
    constraint error_codes_are_of_class_mn check (code ~ '^MN[A-Z]{3}$'),
  meaning text not null,
  cause text not null,
  cure text not null
);
alter table app_public.error_codes enable row level security;
comment on table app_public.error_codes is
  'Every SQLSTATE that the rules raise, with cause and cure; docs/errors.md is made from it.';
comment on column app_public.error_codes.code is 'SQLSTATE.';
comment on column app_public.error_codes.meaning is 'What it says, in a few words.';
comment on column app_public.error_codes.cause is 'What brings it about.';
comment on column app_public.error_codes.cure is 'What the caller can do.';
insert into app_public.error_codes (code, meaning, cause, cure) values
  ('MNTRA', 'transition not allowed',
    'The status may not go from where it is to where it was asked to go, or it would contradict the open pauses.',
    'See the arrows in docs/state-machine.md and change the fact that the status follows from: open or end a pause, retire, re-enrol.'),
  ('MNVER', 'version conflict',
    'Somebody changed the mentor after the caller last read it.',
    'Read the mentor again and decide again with the new version.'),
  ('MNCRT', 'required certification not valid',
    'The mentor would become active on a day on which a required certification does not hold.',
    'Grant or correct the certification first.'),
  ('MNAPA', 'already paused',
    'A person has paused the mentor before.',
    'End that pause first, or leave it as it is.'),
  ('MNNPA', 'not paused',
    'There is no open pause that the caller could end.',
    'Read the mentor again; nothing needs to be done.'),
  ('MNDEN', 'not permitted',
    'The caller is neither the mentor nor somebody who looks after the mentor or the organisation.',
    'Ask a coordinator of the mentor or an administrator.'),
  ('MNDAT', 'impossible date',
    'A date lies before another that it must follow, overlaps a period, or is not plausible.',
    'Correct the date that the message names.'),
  ('MNRUN', 'a run is already active',
    'Another process is applying a nightly run of the same organisation, or has taken this one over.',
    'Wait until it has finished; the ledger nightly_runs shows it.'),
  ('MNBRK', 'run needs approval',
    'The run would pause or notify an unusual share of the mentors and waits for a person.',
    'Look at its plan, then call approve_nightly_run, or change what is wrong and wait for the next night.'),
  ('MNAPR', 'run does not wait for approval',
    'The run has been applied, skipped or never stopped by the brake.',
    'Read the run again; nothing needs to be approved.'),
  ('MNNOT', 'not found',
    'There is no row with this id, or the caller may not know of it.',
    'Check the id.'),
  ('MNREQ', 'request id used with other arguments',
    'A request id names one command with one set of arguments, for ever.',
    'Take a new request id for a new command.'),
  ('MNAPP', 'append-only',
    'The journal and the ledgers of what was decided are never changed or deleted.',
    'Record the correction as a new fact.');

create table app_private.command_requests (
  request_id uuid primary key,
  command text not null,
  arguments jsonb not null,
  answer jsonb,
  requested_at timestamptz not null default now()
);
alter table app_private.command_requests enable row level security;
comment on table app_private.command_requests is
  'Answers to commands by request id, so that a repeated request returns the first answer.';
comment on column app_private.command_requests.request_id is 'Chosen by the caller.';
comment on column app_private.command_requests.command is 'Name of the function.';
comment on column app_private.command_requests.arguments is 'Its arguments; others are refused.';
comment on column app_private.command_requests.answer is
  'The row that was returned; null only while the first call is under way.';
comment on column app_private.command_requests.requested_at is 'When it was first asked.';
