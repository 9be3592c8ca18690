/*
 * The wish for the website: one pure function of status, consent and coverage. Everything that
 * shows or hides somebody asks it, so that an expired, paused or retired mentor is never wanted
 * visible.
 *
 * It returns one row as a table and sets no search_path, so that it is inlined into its callers.
 */
create or replace function app_private.desired_listing(
  status text,
  portal_consent boolean,
  coverage datemultirange,
  as_of date
) returns table (is_visible boolean, visible_until date)
language sql
immutable
parallel safe
rows 1
as $$
  select
    status = 'active' and portal_consent and coverage @> as_of,
    case
      when status = 'active' and portal_consent
      then app_private.covered_until(coverage, as_of)
    end
$$;
comment on function app_private.desired_listing(text, boolean, datemultirange, date) is
  'Whether a mentor should be visible on the website on a day, and until which last day (P6).';
