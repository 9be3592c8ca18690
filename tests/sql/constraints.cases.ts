/**
 * For each named constraint the statements that it refuses, on the rows of tests/support/world.ts.
 */
export const LYING_ROWS: Record<string, string | string[]> = {
  label_is_trimmed: [
    "update app_public.people set full_name = ' Kari'",
    "update app_public.people set full_name = 'Kari '",
  ],
  label_is_between_1_and_200_characters: [
    "update app_public.people set full_name = ''",
    "update app_public.people set full_name = repeat('x', 201)",
  ],
  label_has_no_control_characters: [
    "update app_public.people set full_name = E'Kari\\nNordmann'",
    "update app_public.people set full_name = U&'Kari \\202E Nordmann'",
  ],
  label_is_no_spreadsheet_formula: [
    "update app_public.people set full_name = '=1+1'",
    "update app_public.people set full_name = '+1'",
    "update app_public.people set full_name = '-1'",
    "update app_public.people set full_name = '@sum'",
  ],
  note_is_between_1_and_1000_characters: [
    "update app_public.mentor_pauses set reason = ''",
    "update app_public.mentor_pauses set reason = '   '",
    "update app_public.mentor_pauses set reason = repeat('x', 1001)",
  ],
  note_has_no_control_characters: "update app_public.mentor_pauses set reason = E'a\\x07b'",

  standard_settings_has_one_row:
    "insert into app_private.standard_settings (is_only_row) values (false)",
  standard_settings_thresholds_are_plausible: [
    "update app_private.standard_settings set reminder_threshold_days = '{-1}'",
    "update app_private.standard_settings set reminder_threshold_days = '{366}'",
    "update app_private.standard_settings set reminder_threshold_days = '{30,null}'",
  ],
  organizations_slug_is_unique:
    "insert into app_public.organizations (slug, name) select slug, name from app_public.organizations",
  organizations_slug_is_url_safe: [
    "update app_public.organizations set slug = ''",
    "update app_public.organizations set slug = 'HLF'",
    "update app_public.organizations set slug = '-hlf'",
    "update app_public.organizations set slug = 'hlf-'",
    "update app_public.organizations set slug = 'h l f'",
    "update app_public.organizations set slug = repeat('h', 64)",
  ],
  organizations_time_zone_is_a_named_zone: [
    "update app_public.organizations set time_zone = 'CET'",
    "update app_public.organizations set time_zone = '+01:00'",
  ],
  organizations_locale_is_supported: "update app_public.organizations set locale = 'sv'",
  organization_settings_grace_is_plausible: [
    "update app_public.organization_settings set grace_days = -1",
    "update app_public.organization_settings set grace_days = 366",
  ],
  organization_settings_thresholds_are_plausible: [
    "update app_public.organization_settings set reminder_threshold_days = '{-1}'",
    "update app_public.organization_settings set reminder_threshold_days = '{366}'",
    "update app_public.organization_settings set reminder_threshold_days = '{30,null}'",
  ],
  organization_settings_brake_share_is_a_share: [
    "update app_public.organization_settings set brake_share = -0.1",
    "update app_public.organization_settings set brake_share = 1.001",
  ],
  organization_settings_brake_minimum_is_not_negative:
    "update app_public.organization_settings set brake_minimum = -1",
  organization_settings_follow_up_is_plausible: [
    "update app_public.organization_settings set follow_up_after_days = 0",
    "update app_public.organization_settings set follow_up_after_days = 3651",
  ],
  organization_settings_follow_up_steps_ascend: [
    "update app_public.organization_settings set follow_up_steps = '{15,0}'",
    "update app_public.organization_settings set follow_up_steps = '{0,15,15}'",
    "update app_public.organization_settings set follow_up_steps = '{0,1,2,2}'",
    "update app_public.organization_settings set follow_up_steps = '{0,1,2,3,3}'",
    "update app_public.organization_settings set follow_up_steps = '{0,1,2,3,4,5}'",
    "update app_public.organization_settings set follow_up_steps = '{-1}'",
    "update app_public.organization_settings set follow_up_steps = '{366}'",
    "update app_public.organization_settings set follow_up_steps = '{0,null}'",
    "update app_public.organization_settings set follow_up_steps = '{{0},{15}}'",
    "update app_public.organization_settings set follow_up_steps = '[2:3]={0,15}'",
  ],
  organization_settings_mail_cap_is_plausible: [
    "update app_public.organization_settings set daily_mail_cap = 0",
    "update app_public.organization_settings set daily_mail_cap = 1001",
  ],
  organization_settings_quiet_hours_are_whole: [
    "update app_public.organization_settings set quiet_from = '22:00'",
    "update app_public.organization_settings set quiet_until = '07:00'",
    "update app_public.organization_settings set quiet_from = '07:00', quiet_until = '07:00'",
    "update app_public.organization_settings set quiet_from = '00:00', quiet_until = '24:00'",
    "update app_public.organization_settings set quiet_from = '24:00', quiet_until = '07:00'",
  ],
  nightly_run_starts_outcome_is_known:
    "update app_public.nightly_run_starts set outcome = 'lost', attempt = null",
  nightly_run_starts_only_started_ones_are_attempts: [
    "update app_public.nightly_run_starts set outcome = 'refused'",
    "update app_public.nightly_run_starts set attempt = null",
  ],
  chapters_name_is_unique:
    "insert into app_public.chapters (organization_id, name) select organization_id, name from app_public.chapters",
  people_auth_subject_is_not_blank: [
    "update app_public.people set auth_subject = ' '",
    "update app_public.people set auth_subject = repeat('x', 256)",
  ],
  people_auth_subject_is_unique:
    "insert into app_public.people (organization_id, full_name, email, auth_subject) select organization_id, full_name, 'other@example.org', auth_subject from app_public.people limit 1",
  people_email_is_one_address: [
    "update app_public.people set email = ''",
    "update app_public.people set email = 'kari'",
    "update app_public.people set email = 'kari@example'",
    "update app_public.people set email = 'a b@example.org'",
    "update app_public.people set email = 'a@example.org, b@example.org'",
    "update app_public.people set email = E'a@example.org\\nBcc: b@example.org'",
    "update app_public.people set email = '<a@example.org>'",
    "update app_public.people set email = '=a@example.org'",
    "update app_public.people set email = repeat('a', 250) || '@b.no'",
  ],
  people_email_is_unique:
    "insert into app_public.people (organization_id, full_name, email) select organization_id, full_name, upper(email) from app_public.people limit 1",
  people_phone_is_a_number: [
    "update app_public.people set phone = 'call me'",
    "update app_public.people set phone = '112'",
  ],
  people_locale_is_supported: "update app_public.people set locale = 'sv'",
  error_codes_are_of_class_mn: [
    "insert into app_public.error_codes values ('23505', '', '', '')",
    "insert into app_public.error_codes values ('MNabc', '', '', '')",
    "insert into app_public.error_codes values ('MNABCD', '', '', '')",
  ],

  mentor_status_transitions_lead_somewhere_else: [
    "insert into app_public.mentor_status_transitions values ('active', 'active', '')",
    "insert into app_public.mentor_status_transitions values ('active', 'new', '')",
  ],
  mentors_new_is_never_stored: "update app_public.mentors set status = 'new'",
  mentors_version_starts_at_one: "update app_public.mentors set version = 0",
  mentors_mentor_key_is_unique:
    "insert into app_public.mentors (organization_id, chapter_id, person_id, mentor_key) select organization_id, chapter_id, gen_random_uuid(), mentor_key from app_public.mentors",
  mentors_engage_a_person_once_per_chapter:
    "insert into app_public.mentors (organization_id, chapter_id, person_id, mentor_key) select organization_id, chapter_id, person_id, 'M-other' from app_public.mentors",
  mentors_head_is_journalled: "update app_public.mentors set version = version + 1",
  coordinator_assignments_period_is_not_empty: [
    "update app_public.coordinator_assignments set period = 'empty'",
    "update app_public.coordinator_assignments set period = '(,2026-01-01)'",
  ],
  coordinator_assignments_of_a_pair_do_not_overlap:
    "insert into app_public.coordinator_assignments (organization_id, mentor_id, coordinator_id, period) select organization_id, mentor_id, coordinator_id, '[2026-03-15,2026-03-16)' from app_public.coordinator_assignments",
  assignments_key_is_unique:
    "insert into app_public.assignments (organization_id, mentor_id, assignment_key, client_reference, opened_on, last_contact_on, entered_contact_on) select organization_id, mentor_id, assignment_key, client_reference, opened_on, last_contact_on, entered_contact_on from app_public.assignments",
  assignments_dates_are_plausible: [
    "update app_public.assignments set opened_on = '1899-12-31'",
    "update app_public.assignments set last_contact_on = '2200-01-01'",
  ],
  assignments_are_closed_after_they_open:
    "update app_public.assignments set closed_on = opened_on - 1",
  assignments_contact_is_not_before_they_open:
    "update app_public.assignments set last_contact_on = opened_on - 1",

  activities_kind_is_known: "update app_public.activities set kind = 'telepathy'",
  activities_date_is_plausible: [
    "update app_public.activities set occurred_on = '1899-12-31'",
    "update app_public.activities set occurred_on = '2200-01-01'",
  ],
  activities_removal_has_an_author: [
    "update app_public.activities set removed_at = now()",
    "update app_public.activities set removed_by = 'psql'",
  ],
  follow_up_reminders_once:
    "insert into app_public.follow_up_reminders select * from app_public.follow_up_reminders",
  follow_up_reminders_step_is_plausible: [
    "update app_public.follow_up_reminders set step = 0",
    "update app_public.follow_up_reminders set step = 6",
  ],
  follow_up_reminders_silence_is_not_negative:
    "update app_public.follow_up_reminders set silent_days = -1",
  follow_up_reminders_disposition_is_known:
    "update app_public.follow_up_reminders set disposition = 'forgotten'",
  follow_up_reminders_collapse_into_a_later_step: [
    "update app_public.follow_up_reminders set disposition = 'collapsed'",
    "update app_public.follow_up_reminders set collapsed_into_step = 2",
    "update app_public.follow_up_reminders set disposition = 'collapsed', collapsed_into_step = 1",
  ],

  certification_types_name_is_unique:
    "insert into app_public.certification_types (organization_id, name) select organization_id, name from app_public.certification_types",
  certification_types_grace_is_plausible: [
    "update app_public.certification_types set grace_days = -1",
    "update app_public.certification_types set grace_days = 366",
  ],
  certification_types_thresholds_are_plausible: [
    "update app_public.certification_types set reminder_threshold_days = '{-1}'",
    "update app_public.certification_types set reminder_threshold_days = '{366}'",
    "update app_public.certification_types set reminder_threshold_days = '{30,null}'",
  ],
  certifications_end_after_they_begin:
    "update app_public.certifications set expires_on = valid_from - 1",
  certifications_dates_are_plausible: [
    "update app_public.certifications set valid_from = '1899-12-31'",
    "update app_public.certifications set expires_on = '2200-01-01'",
  ],
  certifications_are_replaced_while_they_run: [
    "update app_public.certifications set replaced_on = valid_from",
    "update app_public.certifications set replaced_on = expires_on + 1",
  ],
  certifications_revocation_has_a_reason: [
    "update app_public.certifications set revoked_at = now()",
    "update app_public.certifications set revocation_reason = 'Forged'",
  ],
  certifications_of_a_type_do_not_overlap:
    "insert into app_public.certifications (organization_id, mentor_id, certification_type_id, valid_from, expires_on) select organization_id, mentor_id, certification_type_id, expires_on, expires_on from app_public.certifications",
  certification_reminders_once:
    "insert into app_public.certification_reminders select * from app_public.certification_reminders",
  certification_reminders_threshold_is_plausible: [
    "update app_public.certification_reminders set threshold_days = -1",
    "update app_public.certification_reminders set threshold_days = 366",
  ],
  certification_reminders_disposition_is_known:
    "update app_public.certification_reminders set disposition = 'forgotten'",
  certification_reminders_collapse_into_a_smaller_threshold: [
    "update app_public.certification_reminders set disposition = 'collapsed'",
    "update app_public.certification_reminders set collapsed_into_days = 3",
    "update app_public.certification_reminders set disposition = 'collapsed', collapsed_into_days = 7",
  ],

  mentor_pauses_one_open_per_kind:
    "insert into app_public.mentor_pauses (mentor_id, cause, reason, started_at, started_by) select mentor_id, 'self', reason, started_at, started_by from app_public.mentor_pauses where kind = 'person'",
  mentor_pauses_cause_is_known:
    "update app_public.mentor_pauses set cause = 'holiday' where kind = 'person'",
  mentor_pauses_end_cause_is_known:
    "update app_public.mentor_pauses set ended_at = started_at, ended_by = 'psql', end_cause = 'bored' where kind = 'certification'",
  mentor_pauses_end_after_they_start:
    "update app_public.mentor_pauses set ended_at = started_at - interval '1 second', ended_by = 'psql', end_cause = 'retired'",
  mentor_pauses_end_has_a_cause_and_an_author: [
    "update app_public.mentor_pauses set ended_at = started_at",
    "update app_public.mentor_pauses set ended_at = started_at, ended_by = 'psql'",
    "update app_public.mentor_pauses set ended_at = started_at, end_cause = 'retired'",
    "update app_public.mentor_pauses set ended_by = 'psql', end_cause = 'retired'",
  ],
  mentor_pauses_only_people_plan_a_return:
    "update app_public.mentor_pauses set expected_return_on = '2026-04-01' where kind = 'certification'",
  mentor_pauses_only_certification_pauses_name_one:
    "update app_public.mentor_pauses set certification_id = gen_random_uuid() where kind = 'person'",
  mentor_pauses_end_by_their_own_kind: [
    "update app_public.mentor_pauses set ended_at = started_at, ended_by = 'psql', end_cause = 'recertified' where kind = 'person'",
    "update app_public.mentor_pauses set ended_at = started_at, ended_by = 'psql', end_cause = 'resumed' where kind = 'certification'",
    "update app_public.mentor_pauses set ended_at = started_at, ended_by = 'psql', end_cause = 'planned_return' where kind = 'certification'",
  ],
  mentor_journal_version_starts_at_one:
    "insert into app_public.mentor_journal (mentor_id, version, event, from_status, to_status, actor, at) select mentor_id, 0, event, 'active', to_status, actor, at from app_public.mentor_journal limit 1",
  mentor_journal_event_is_known: "update app_public.mentor_journal set event = 'slept'",
  mentor_journal_begins_with_version_one: [
    "update app_public.mentor_journal set from_status = 'pending' where version = 1",
    "update app_public.mentor_journal set from_status = null where version = 2",
  ],
  mentor_journal_has_no_gap:
    "insert into app_public.mentor_journal (mentor_id, version, event, from_status, to_status, actor, at) select id, version + 2, 'updated', status, status, 'psql', now() from app_public.mentors",
  mentor_journal_follows_the_arrows:
    "insert into app_public.mentor_journal (mentor_id, version, event, from_status, to_status, actor, at) select id, version + 1, 'updated', status, 'pending', 'psql', now() from app_public.mentors",

  nightly_runs_once_per_date:
    "insert into app_public.nightly_runs (organization_id, run_on) select organization_id, run_on from app_public.nightly_runs",
  nightly_runs_state_is_known: "update app_public.nightly_runs set state = 'done'",
  nightly_runs_attempt_is_not_negative: "update app_public.nightly_runs set attempt = -1",
  nightly_runs_finished_at_matches_state: [
    "update app_public.nightly_runs set finished_at = now()",
    "update app_public.nightly_runs set state = 'failed'",
  ],
  nightly_runs_started_at_matches_state: [
    "update app_public.nightly_runs set started_at = now()",
    "update app_public.nightly_runs set attempt = 1",
  ],
  nightly_runs_skipped_are_explained: [
    "update app_public.nightly_runs set state = 'skipped', explanation = 'Because'",
    "update app_public.nightly_runs set state = 'skipped', covered_by_run_id = id",
  ],
  nightly_runs_approval_has_an_author: [
    "update app_public.nightly_runs set approved_at = now()",
    "update app_public.nightly_runs set approved_by = 'psql'",
  ],
  nightly_runs_failures_match_state: [
    "update app_public.nightly_runs set state = 'succeeded', finished_at = now(), failed_count = 1",
    "update app_public.nightly_runs set state = 'succeeded_with_failures', finished_at = now()",
  ],
  nightly_runs_one_running:
    "insert into app_public.nightly_runs (organization_id, run_on, state, attempt, started_at) select organization_id, run_on + days, 'running', 1, now() from app_public.nightly_runs cross join generate_series(1, 2) as days",
  nightly_runs_one_waiting_for_approval:
    "insert into app_public.nightly_runs (organization_id, run_on, state, attempt, started_at) select organization_id, run_on + days, 'needs_approval', 1, now() from app_public.nightly_runs cross join generate_series(1, 2) as days",
  nightly_run_actions_action_is_known: "update app_public.nightly_run_actions set action = 'dance'",
  nightly_run_actions_outcome_is_known:
    "update app_public.nightly_run_actions set outcome = 'done'",
  nightly_run_actions_failures_are_explained: [
    "update app_public.nightly_run_actions set outcome = 'failed'",
    "update app_public.nightly_run_actions set outcome = 'superseded'",
  ],
  nightly_run_actions_reminders_have_a_threshold: [
    "update app_public.nightly_run_actions set action = 'remind'",
    "update app_public.nightly_run_actions set threshold_days = 7",
  ],
  nightly_run_actions_follow_ups_have_a_step: [
    "update app_public.nightly_run_actions set action = 'follow_up'",
    "update app_public.nightly_run_actions set step = 1",
    "update app_public.nightly_run_actions set assignment_id = gen_random_uuid()",
    "update app_public.nightly_run_actions set last_contact_on = run.run_on from app_public.nightly_runs as run",
    "update app_public.nightly_run_actions set action = 'follow_up', step = 1, assignment_id = gen_random_uuid()",
    "update app_public.nightly_run_actions set action = 'follow_up', step = 1, last_contact_on = '2026-03-15'",
    "update app_public.nightly_run_actions set action = 'follow_up', assignment_id = gen_random_uuid(), last_contact_on = '2026-03-15'",
  ],

  notifications_once:
    "insert into app_public.notifications (organization_id, mentor_id, kind, audience, reason, dedupe_key) select organization_id, mentor_id, kind, audience, reason, dedupe_key from app_public.notifications where step is null",
  notifications_kind_is_known: "update app_public.notifications set kind = 'gossip'",
  notifications_audience_is_known: "update app_public.notifications set audience = 'everybody'",
  notifications_state_is_known:
    "update app_public.notifications set state = 'lost', settled_at = now()",
  notifications_settled_at_matches_state: [
    "update app_public.notifications set state = 'dispatched'",
    "update app_public.notifications set settled_at = now()",
  ],
  notifications_unsent_ones_are_explained: [
    "update app_public.notifications set state = 'superseded', settled_at = now()",
    "update app_public.notifications set state = 'undeliverable', settled_at = now()",
  ],
  notifications_follow_ups_name_their_silence: [
    "update app_public.notifications set step = null where step is not null",
    "update app_public.notifications set last_contact_on = null where step is not null",
    "update app_public.notifications set assignment_id = null where step is not null",
    "update app_public.notifications set step = 1 where step is null",
    "update app_public.notifications set last_contact_on = '2026-03-15' where step is null",
  ],
  notification_deliveries_once:
    "insert into app_public.notification_deliveries (notification_id, organization_id, recipient_id, recipient_role, recipient_reason, channel, next_attempt_at) select notification_id, organization_id, recipient_id, recipient_role, recipient_reason, channel, next_attempt_at from app_public.notification_deliveries",
  notification_deliveries_message_id_is_unique: [
    "insert into app_public.notification_deliveries (notification_id, organization_id, recipient_id, recipient_role, recipient_reason, channel, next_attempt_at, message_id) select notification_id, organization_id, gen_random_uuid(), recipient_role, recipient_reason, channel, next_attempt_at, '<1@example.org>' from app_public.notification_deliveries cross join generate_series(1, 2)",
  ],
  notification_deliveries_role_is_known:
    "update app_public.notification_deliveries set recipient_role = 'client'",
  notification_deliveries_channel_is_known:
    "update app_public.notification_deliveries set channel = 'fax'",
  notification_deliveries_state_is_known:
    "update app_public.notification_deliveries set state = 'lost'",
  notification_deliveries_attempts_are_counted:
    "update app_public.notification_deliveries set attempts = -1",
  notification_deliveries_deferral_is_known:
    "update app_public.notification_deliveries set deferred_because = 'laziness'",
  notification_deliveries_error_class_is_known:
    "update app_public.notification_deliveries set error_class = 'bored'",
  notification_deliveries_sent_at_matches_state: [
    "update app_public.notification_deliveries set state = 'sent', next_attempt_at = null",
    "update app_public.notification_deliveries set sent_at = now()",
  ],
  notification_deliveries_waiting_ones_have_a_time: [
    "update app_public.notification_deliveries set next_attempt_at = null",
    "update app_public.notification_deliveries set state = 'retrying', next_attempt_at = null",
  ],
  notification_deliveries_settled_ones_have_no_time: [
    "update app_public.notification_deliveries set state = 'sent', sent_at = now()",
    "update app_public.notification_deliveries set state = 'superseded', outcome_detail = 'Gone.'",
    "update app_public.notification_deliveries set state = 'undeliverable', outcome_detail = 'Refused.'",
  ],
  notification_deliveries_lease_matches_state: [
    "update app_public.notification_deliveries set lease_token = gen_random_uuid()",
    "update app_public.notification_deliveries set lease_until = now()",
    "update app_public.notification_deliveries set state = 'sending', message_id = '<1@example.org>'",
    "update app_public.notification_deliveries set state = 'sending', message_id = '<1@example.org>', lease_token = gen_random_uuid()",
  ],
  notification_deliveries_unsent_ones_are_explained: [
    "update app_public.notification_deliveries set state = 'superseded', next_attempt_at = null",
    "update app_public.notification_deliveries set state = 'undeliverable', next_attempt_at = null",
  ],
  notification_deliveries_only_the_inbox_is_read: [
    "update app_public.notification_deliveries set state = 'sent', next_attempt_at = null, sent_at = now(), read_at = now()",
    "update app_public.notification_deliveries set channel = 'in_app', read_at = now()",
  ],
  notification_deliveries_the_inbox_has_words: [
    "update app_public.notification_deliveries set channel = 'in_app', state = 'sent', next_attempt_at = null, sent_at = now(), subject = 'Quiet'",
    "update app_public.notification_deliveries set channel = 'in_app', state = 'sent', next_attempt_at = null, sent_at = now(), body = 'Quiet.'",
  ],
  notification_deliveries_mail_keeps_its_message_id:
    "update app_public.notification_deliveries set state = 'sending', lease_token = gen_random_uuid(), lease_until = now()",
  notification_attempts_count_from_one: "update app_public.notification_attempts set attempt = 0",
  notification_attempts_outcome_is_known:
    "update app_public.notification_attempts set outcome = 'guessed'",
  delivery_gates_failures_are_counted:
    "update app_private.delivery_gates set failures = -1, error_class = 'login', closed_since = now(), closed_until = now(), failed_at = now()",
  delivery_gates_error_class_is_known:
    "update app_private.delivery_gates set error_class = 'bored', closed_since = now(), closed_until = now(), failed_at = now(), failures = 1",
  delivery_gates_rate_is_positive: "update app_private.delivery_gates set max_per_minute = 0",
  delivery_gates_are_closed_as_a_whole: [
    "update app_private.delivery_gates set closed_since = now(), failed_at = now(), error_class = 'login', failures = 1",
    "update app_private.delivery_gates set closed_since = now(), closed_until = now(), error_class = 'login', failures = 1",
    "update app_private.delivery_gates set closed_since = now(), closed_until = now(), failed_at = now(), failures = 1",
    "update app_private.delivery_gates set closed_since = now(), closed_until = now(), failed_at = now(), error_class = 'login'",
    "update app_private.delivery_gates set closed_until = now()",
    "update app_private.delivery_gates set failed_at = now()",
    "update app_private.delivery_gates set error_class = 'login'",
    "update app_private.delivery_gates set failures = 1",
  ],
  portal_listings_desired_version_starts_at_one:
    "update app_public.portal_listings set desired_version = 0",
  portal_listings_only_visible_ones_have_an_end:
    "update app_public.portal_listings set desired_visible = false, desired_until = '2026-04-01'",
  portal_events_kind_is_known: "update app_public.portal_events set kind = 'listing.lost'",
  portal_events_once_per_version:
    "insert into app_public.portal_events (organization_id, mentor_id, desired_version, kind, mentor_version) select organization_id, mentor_id, desired_version, kind, mentor_version from app_public.portal_events",
  portal_listings_condition_is_known: "update app_public.portal_listings set condition = 'lost'",
  portal_listings_error_class_is_known:
    "update app_public.portal_listings set error_class = 'throttled', error_message = 'Later.'",
  portal_listings_synced_is_not_ahead: [
    "update app_public.portal_listings set condition = 'needs_attention', synced_version = desired_version + 1",
    "update app_public.portal_listings set synced_version = -1",
  ],
  portal_listings_synced_means_up_to_date:
    "update app_public.portal_listings set condition = 'synced', pending_since = null",
  portal_listings_waiting_means_behind: [
    "update app_public.portal_listings set condition = 'pending', synced_version = desired_version",
    "update app_public.portal_listings set condition = 'retrying', synced_version = desired_version",
  ],
  portal_listings_unsynced_ones_wait: [
    "update app_public.portal_listings set pending_since = null",
    "update app_public.portal_listings set condition = 'synced', synced_version = desired_version",
  ],
  portal_listings_lease_is_whole: [
    "update app_public.portal_listings set lease_token = gen_random_uuid()",
    "update app_public.portal_listings set lease_until = now()",
  ],
  portal_listings_attempts_are_counted: "update app_public.portal_listings set attempts = -1",
  portal_listings_error_is_whole: [
    "update app_public.portal_listings set error_class = 'permanent'",
    "update app_public.portal_listings set error_message = 'No.'",
  ],
  portal_listings_synced_ones_have_no_error:
    "update app_public.portal_listings set condition = 'synced', pending_since = null, synced_version = desired_version, error_class = 'held', error_message = 'Hidden.'",
  portal_attempts_outcome_is_known: "update app_public.portal_attempts set outcome = 'guessed'",
  portal_attempts_failures_have_a_class: [
    "update app_public.portal_attempts set outcome = 'failed'",
    "update app_public.portal_attempts set error_class = 'transient'",
  ],
  portal_gate_has_one_row: "insert into app_private.portal_gate (is_only_row) values (false)",
  portal_gate_parallelism_is_plausible: [
    "update app_private.portal_gate set parallelism = 0",
    "update app_private.portal_gate set parallelism = 51",
  ],
  portal_gate_closed_class_is_known:
    "update app_private.portal_gate set closed_class = 'bored', closed_message = 'No.', closed_since = now(), closed_until = now()",
  portal_gate_failures_are_counted: "update app_private.portal_gate set failures = -1",
  portal_gate_closing_is_whole: [
    "update app_private.portal_gate set closed_class = 'auth', closed_message = 'No.', closed_since = now()",
    "update app_private.portal_gate set closed_class = 'auth', closed_message = 'No.', closed_until = now()",
    "update app_private.portal_gate set closed_class = 'auth', closed_since = now(), closed_until = now()",
    "update app_private.portal_gate set closed_message = 'No.', closed_since = now(), closed_until = now()",
  ],
  portal_reconciliations_state_is_known:
    "update app_public.portal_reconciliations set state = 'done', finished_at = now()",
  portal_reconciliations_finish_when_they_end: [
    "update app_public.portal_reconciliations set finished_at = now()",
    "update app_public.portal_reconciliations set state = 'failed'",
  ],
  alerts_severity_is_known: "update app_public.alerts set severity = 'mild'",
  alerts_close_after_they_open:
    "update app_public.alerts set closed_at = opened_at - interval '1 second'",
  alerts_acknowledgement_is_whole: [
    "update app_public.alerts set acknowledged_at = now()",
    "update app_public.alerts set acknowledged_by = 'psql'",
  ],
  alerts_open_once: [
    "insert into app_public.alerts (organization_id, kind, severity, message, cure, opened_at) select organization_id, kind, severity, message, cure, opened_at from app_public.alerts where organization_id is not null",
    "insert into app_public.alerts (organization_id, kind, severity, message, cure, opened_at) select organization_id, kind, severity, message, cure, opened_at from app_public.alerts where organization_id is null",
  ],
  discrepancies_source_is_known: "update app_public.discrepancies set source = 'gossip'",
  discrepancies_close_after_they_open:
    "update app_public.discrepancies set closed_at = opened_at - interval '1 second'",
  discrepancies_open_once:
    "insert into app_public.discrepancies (organization_id, invariant, detail, opened_at) select organization_id, invariant, detail, opened_at from app_public.discrepancies",
  import_rows_line_is_positive: "update app_private.import_rows set line = 0",
};
