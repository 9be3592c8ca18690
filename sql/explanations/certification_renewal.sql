/*
 * A renewal by the rule of nightly_reminders. One that was revoked before the date was none then.
 */
create or replace function app_private.certification_renewal(
  certification app_public.certifications,
  on_date date,
  grace_days integer
) returns table (valid_from date, known_on date)
language sql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
  select next.valid_from, known.granted_on
  from app_public.certifications as next
  cross join lateral app_private.certification_known(next, on_date) as known
  where next.mentor_id = certification.mentor_id
    and next.certification_type_id = certification.certification_type_id
    and (known.revoked_on is null or known.revoked_on > on_date)
    and next.expires_on > certification.expires_on
    and next.valid_from <= certification.expires_on + certification_renewal.grace_days + 1
  order by known.granted_on nulls first, next.valid_from
  limit 1
$$;
comment on function app_private.certification_renewal(app_public.certifications, date, integer) is
  'The period that continues a certification, the one that was known first, and since when it is
known (null: from the beginning). No row if there is none.';
