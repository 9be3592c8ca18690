/*
 * The day before the first day from as_of on that is not covered. One expression without a FROM,
 * so that it is inlined: as a call for each of a million mentors it took longer than the rest of
 * a plan.
 */
create or replace function app_private.covered_until(coverage datemultirange, as_of date)
returns date
language sql
immutable
parallel safe
return nullif(lower(datemultirange(daterange(as_of, null)) - coverage), as_of) - 1;
comment on function app_private.covered_until(datemultirange, date) is
  'Last day of the coverage that includes the day; null if none does, or without an end.';
