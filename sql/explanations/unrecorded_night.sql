/*
 * "Due" as in record_due_nightly_runs: by the organisation's own wall clock.
 */
create or replace function app_private.unrecorded_night(organization_id uuid, on_date date)
returns table (verdict text, code text, sentence text, at timestamptz)
language sql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
  select told.verdict, told.code, told.sentence, clock.due at time zone clock.time_zone
  from (
    select o.id, o.time_zone, on_date + s.nightly_at as due,
      app_private.clock() at time zone o.time_zone as now,
      to_char(s.nightly_at, 'HH24:MI') as hour
    from app_public.organizations as o
    join app_public.organization_settings as s on s.organization_id = o.id
    where o.id = unrecorded_night.organization_id
  ) as clock
  cross join lateral (
    select
      min(r.run_on) filter (where r.state <> 'skipped') as first,
      max(r.run_on) as last,
      coalesce(bool_or(r.run_on = on_date), false) as is_recorded
    from app_public.nightly_runs as r
    where r.organization_id = clock.id
  ) as ledger
  cross join lateral (
    select rule.*
    from (values
      (1, on_date > clock.now::date, 'planned', 'not_yet_due', format(
        'It runs on %s at %s or soon after. What is said here is what it would do by what is known '
        'now, and if no other night came before it.', on_date, clock.hour)),
      (2, clock.due > clock.now, 'planned', 'not_yet_due', format(
        'It is not due yet: it runs today at %s or soon after.', clock.hour)),
      (3, on_date = clock.now::date, 'waiting', 'not_begun', format(
        'It has been due since %s and is not recorded: if a worker runs, it begins within a minute.',
        clock.hour)),
      (4, ledger.first is null, 'not_done', 'no_night_ever',
        'It did not run: no night of this organisation has run yet.'),
      (5, on_date < ledger.first, 'not_done', 'before_first_night', format(
        'It did not run: the first night of this organisation is that of %s.', ledger.first)),
      (6, on_date > ledger.last, 'waiting', 'not_covered_yet', format(
        'It did not run: the last recorded night is that of %s. The next one covers this date.',
        ledger.last)),
      (7, true, 'not_done', 'not_accounted_for',
        'It did not run, and nothing is recorded about it.')
    ) as rule (place, fits, verdict, code, sentence)
    where rule.fits
    order by rule.place
    limit 1
  ) as told
  where not ledger.is_recorded
$$;
comment on function app_private.unrecorded_night(uuid, date) is
  'Why the ledger has no night of a date: verdict, code and sentences; no row if it has. Part of
explain_mentor.';
