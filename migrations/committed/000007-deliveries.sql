--! Previous: sha1:4ea272b1b7b5c3353aa11bf64d7544f8c92d0538
--! Hash: sha1:68007ea05e9449e1686e5278ad3c981eca8051ba
--! Message: deliveries

-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation
-- Nothing is released yet that holds many of these rows; they are scanned in a moment.
/*
 * Telling people: deliveries as rows with leases, every attempt, one gate for the mail server, and
 * explanations of what was told and what was not.
 *
 * Leases and back-off read now(), as those of the portal do.
 */
alter table app_public.notifications
  drop constraint notifications_kind_is_known,
  add constraint notifications_kind_is_known check (
    kind in ('certification_reminder', 'mentor_paused', 'mentor_resumed', 'mentor_still_paused',
      'assignment_quiet')
  ),
  add column last_contact_on date,
  add column step integer,
  add column settled_at timestamptz,
  add column outcome_detail text,
  add constraint notifications_settled_at_matches_state
    check ((state = 'open') = (settled_at is null)),
  add constraint notifications_unsent_ones_are_explained
    check (state not in ('superseded', 'undeliverable') or outcome_detail is not null),
  add constraint notifications_follow_ups_name_their_silence check (
    (kind = 'assignment_quiet') = (step is not null)
    and (kind = 'assignment_quiet') = (last_contact_on is not null)
    and (kind <> 'assignment_quiet' or assignment_id is not null)
  );
comment on column app_public.notifications.last_contact_on is
  'The contact since which an assignment is silent.';
comment on column app_public.notifications.step is 'The step of a follow-up.';
comment on column app_public.notifications.settled_at is
  'When it was handed to its recipients, or given up; null while it is open.';
comment on column app_public.notifications.outcome_detail is
  'Why it was superseded or undeliverable, in a sentence.';

create table app_public.notification_deliveries (
  id uuid primary key default gen_random_uuid(),
  notification_id uuid not null references app_public.notifications on delete restrict,
  organization_id uuid not null,
  recipient_id uuid not null,
  recipient_role text not null
    constraint notification_deliveries_role_is_known check (
      recipient_role in ('mentor', 'coordinator', 'chapter_administrator',
        'organization_administrator')
    ),
  recipient_reason text not null,
  channel text not null
    constraint notification_deliveries_channel_is_known check (channel in ('email', 'in_app')),
  state text not null default 'queued'
    constraint notification_deliveries_state_is_known check (
      state in ('queued', 'sending', 'retrying', 'unknown', 'sent', 'superseded', 'undeliverable')
    ),
  attempts integer not null default 0
    constraint notification_deliveries_attempts_are_counted check (attempts >= 0),
  next_attempt_at timestamptz,
  deferred_because text
    constraint notification_deliveries_deferral_is_known
      check (deferred_because in ('quiet_hours', 'daily_cap')),
  lease_token uuid,
  lease_until timestamptz,
  message_id text
    constraint notification_deliveries_message_id_is_unique unique,
  may_have_arrived boolean not null default false,
  attempted_at timestamptz,
  error_class text
    constraint notification_deliveries_error_class_is_known check (
      error_class in ('connection', 'login', 'temporary', 'mailbox_full', 'rejected', 'ambiguous',
        'interrupted')
    ),
  error_code text,
  error_response text,
  sent_at timestamptz,
  outcome_detail text,
  subject text,
  body text,
  read_at timestamptz,
  created_at timestamptz not null default now(),
  queued_at timestamptz not null default now(),
  constraint notification_deliveries_once unique (notification_id, recipient_id, channel),
  constraint notification_deliveries_sent_at_matches_state
    check ((state = 'sent') = (sent_at is not null)),
  constraint notification_deliveries_waiting_ones_have_a_time
    check (state not in ('queued', 'retrying') or next_attempt_at is not null),
  constraint notification_deliveries_settled_ones_have_no_time
    check (state not in ('sent', 'superseded', 'undeliverable') or next_attempt_at is null),
  constraint notification_deliveries_lease_matches_state check (
    (state = 'sending') = (lease_token is not null)
    and (state = 'sending') = (lease_until is not null)
  ),
  constraint notification_deliveries_unsent_ones_are_explained
    check (state not in ('superseded', 'undeliverable') or outcome_detail is not null),
  constraint notification_deliveries_only_the_inbox_is_read
    check (read_at is null or (channel = 'in_app' and state = 'sent')),
  constraint notification_deliveries_the_inbox_has_words check (
    channel <> 'in_app' or state <> 'sent' or (subject is not null and body is not null)
  ),
  constraint notification_deliveries_mail_keeps_its_message_id
    check (channel <> 'email' or state <> 'sending' or message_id is not null),
  foreign key (organization_id, recipient_id)
    references app_public.people (organization_id, id) on delete restrict
) with (fillfactor = 70);
create index notification_deliveries_recipient_idx
  on app_public.notification_deliveries (organization_id, recipient_id);
create index notification_deliveries_due_idx
  on app_public.notification_deliveries (channel, next_attempt_at)
  where state in ('queued', 'retrying', 'unknown');
create index notification_deliveries_leased_idx
  on app_public.notification_deliveries (lease_until)
  where state = 'sending';
create index notification_deliveries_day_idx
  on app_public.notification_deliveries (recipient_id, attempted_at)
  where channel = 'email';
create index notification_deliveries_inbox_idx
  on app_public.notification_deliveries (recipient_id, sent_at)
  where channel = 'in_app';
alter table app_public.notification_deliveries enable row level security;
comment on table app_public.notification_deliveries is
  'One recipient of a notification over one channel, once (N3): why this person, what was tried, and
how it ended.';
comment on column app_public.notification_deliveries.id is 'Key.';
comment on column app_public.notification_deliveries.notification_id is 'What is told.';
comment on column app_public.notification_deliveries.organization_id is 'The association.';
comment on column app_public.notification_deliveries.recipient_id is 'The person who is told.';
comment on column app_public.notification_deliveries.recipient_role is
  'As what: mentor, coordinator, chapter_administrator or organization_administrator (N2).';
comment on column app_public.notification_deliveries.recipient_reason is
  'Why this person, in a sentence.';
comment on column app_public.notification_deliveries.channel is 'email or in_app.';
comment on column app_public.notification_deliveries.state is
  'queued, sending (a lease runs), retrying (the last attempt failed for certain), unknown (an
attempt may have arrived), sent, superseded (its cause had gone) or undeliverable.';
comment on column app_public.notification_deliveries.attempts is 'Attempts begun.';
comment on column app_public.notification_deliveries.next_attempt_at is
  'Not before this instant. An unknown delivery without it is not tried again.';
comment on column app_public.notification_deliveries.deferred_because is
  'Why it waits although it was due: quiet_hours or daily_cap.';
comment on column app_public.notification_deliveries.lease_token is 'Of the attempt under way.';
comment on column app_public.notification_deliveries.lease_until is
  'When the attempt under way counts as interrupted.';
comment on column app_public.notification_deliveries.message_id is
  'Message-ID of the mail, the same for every attempt (N3).';
comment on column app_public.notification_deliveries.may_have_arrived is
  'Whether an earlier attempt may have arrived; a further one says so (N3).';
comment on column app_public.notification_deliveries.attempted_at is 'When the latest attempt
began.';
comment on column app_public.notification_deliveries.error_class is
  'What the latest failure means: connection, login, temporary, mailbox_full, rejected, ambiguous or
interrupted (the process died).';
comment on column app_public.notification_deliveries.error_code is
  'The mail server''s reply code, or the system''s.';
comment on column app_public.notification_deliveries.error_response is
  'What the server said, without addresses.';
comment on column app_public.notification_deliveries.sent_at is
  'When the mail server took it over, or it was put into the inbox.';
comment on column app_public.notification_deliveries.outcome_detail is
  'Why it was superseded or undeliverable, in a sentence.';
comment on column app_public.notification_deliveries.subject is
  'The title in the inbox, in the recipient''s language.';
comment on column app_public.notification_deliveries.body is
  'The text in the inbox, in the recipient''s language.';
comment on column app_public.notification_deliveries.read_at is
  'When the recipient read it in the inbox.';
comment on column app_public.notification_deliveries.created_at is
  'When the recipient was found.';
comment on column app_public.notification_deliveries.queued_at is
  'When it was last put into the queue: at first, or by somebody who wants it tried again. After
five days it is given up.';

create table app_public.notification_attempts (
  delivery_id uuid not null references app_public.notification_deliveries on delete restrict,
  attempt integer not null
    constraint notification_attempts_count_from_one check (attempt >= 1),
  outcome text not null
    constraint notification_attempts_outcome_is_known check (
      outcome in ('sent', 'connection', 'login', 'temporary', 'mailbox_full', 'rejected',
        'ambiguous', 'interrupted')
    ),
  code text,
  response text,
  began_at timestamptz not null,
  ended_at timestamptz not null default clock_timestamp(),
  primary key (delivery_id, attempt)
);
alter table app_public.notification_attempts enable row level security;
comment on table app_public.notification_attempts is
  'Every attempt at the mail server and its end; append-only.';
comment on column app_public.notification_attempts.delivery_id is 'Of which delivery.';
comment on column app_public.notification_attempts.attempt is 'Which attempt, from 1 on.';
comment on column app_public.notification_attempts.outcome is
  'sent, or what the failure means; interrupted: the process died or was stopped.';
comment on column app_public.notification_attempts.code is 'The reply code, or the system''s.';
comment on column app_public.notification_attempts.response is
  'What the server said, without addresses.';
comment on column app_public.notification_attempts.began_at is 'When it began.';
comment on column app_public.notification_attempts.ended_at is 'When its end was known.';

create table app_private.delivery_gates (
  channel text primary key,
  closed_since timestamptz,
  closed_until timestamptz,
  failed_at timestamptz,
  failures integer not null default 0
    constraint delivery_gates_failures_are_counted check (failures >= 0),
  error_class text
    constraint delivery_gates_error_class_is_known check (error_class in ('connection', 'login')),
  error_code text,
  max_per_minute integer
    constraint delivery_gates_rate_is_positive check (max_per_minute > 0),
  minute_began_at timestamptz,
  minute_count integer not null default 0,
  constraint delivery_gates_are_closed_as_a_whole check (
    (closed_since is null) = (closed_until is null)
    and (closed_since is null) = (failed_at is null)
    and (closed_since is null) = (error_class is null)
    and (closed_since is null) = (failures = 0)
  )
);
alter table app_private.delivery_gates enable row level security;
comment on table app_private.delivery_gates is
  'What concerns every delivery of a channel: whether its server can be reached, and how many it
takes a minute. One row a channel that leaves this system.';
comment on column app_private.delivery_gates.channel is 'email.';
comment on column app_private.delivery_gates.closed_since is
  'When the server first could not be reached; null while all is well.';
comment on column app_private.delivery_gates.closed_until is 'When it is tried again.';
comment on column app_private.delivery_gates.failed_at is
  'When the latest failure was recorded; one that began before it says nothing new.';
comment on column app_private.delivery_gates.failures is 'Attempts in a row that did not reach it.';
comment on column app_private.delivery_gates.error_class is 'connection or login.';
comment on column app_private.delivery_gates.error_code is 'The latest code.';
comment on column app_private.delivery_gates.max_per_minute is
  'Most deliveries a minute, over all workers; null: as many as the server takes.';
comment on column app_private.delivery_gates.minute_began_at is 'Start of the minute that is
counted.';
comment on column app_private.delivery_gates.minute_count is 'Deliveries begun in it.';
insert into app_private.delivery_gates (channel) values ('email');

create type app_public.explanation as (
  position integer,
  topic text,
  subject text,
  verdict text,
  code text,
  explanation text,
  at timestamptz,
  certification_id uuid,
  assignment_id uuid,
  nightly_run_id uuid,
  notification_id uuid,
  delivery_id uuid
);
comment on type app_public.explanation is
  'One sentence about a mentor on a date: what was done, or why it was not (N5). explain_mentor
returns them in the order in which they are read.';
comment on column app_public.explanation.position is 'Place in the order, from 1 on.';
comment on column app_public.explanation.topic is
  'night, plan, status, certification, assignment, listing, message or delivery.';
comment on column app_public.explanation.subject is
  'What the sentence is about: a certification type, an assignment''s key, a message and to whom.';
comment on column app_public.explanation.verdict is
  'done, not_done, planned (it will be, by what is known now), waiting (it is due and not done yet),
failed, unknown (a mail that may have arrived) or fact (how things stand).';
comment on column app_public.explanation.code is 'The reason for programs; one word for each.';
comment on column app_public.explanation.explanation is 'The reason for people, in sentences.';
comment on column app_public.explanation.at is 'When it happened, or is to happen, if that is known.';
comment on column app_public.explanation.certification_id is 'The certification, if it is about one.';
comment on column app_public.explanation.assignment_id is 'The assignment, if it is about one.';
comment on column app_public.explanation.nightly_run_id is 'The run that decided, if one did.';
comment on column app_public.explanation.notification_id is 'The message, if it is about one.';
comment on column app_public.explanation.delivery_id is 'The delivery, if it is about one.';

-- Few, and looked up for every silent assignment of a night.
create index notifications_untold_follow_ups_idx
  on app_public.notifications (assignment_id, last_contact_on, step)
  where kind = 'assignment_quiet' and state = 'superseded';
