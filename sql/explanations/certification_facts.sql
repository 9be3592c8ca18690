/*
 * The conditions of nightly_reminders one by one, as of a date. What was granted, revoked or
 * corrected after it is told apart as what has changed since; the journal knows when. The
 * thresholds are those of today: earlier settings are not kept.
 *
 * Certifications that expired more than 90 days before are nobody's question any more.
 */
create or replace function app_private.certification_facts(mentor app_public.mentors, on_date date)
returns table (
  certification_id uuid,
  certification_type text,
  expires_on date,
  days_left integer,
  grace_days integer,
  revoked_on date,
  renewed_from date,
  first_threshold integer,
  threshold integer,
  next_threshold integer,
  thresholds text,
  since text
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select c.id, r.name::text, c.expires_on, c.expires_on - on_date, r.grace_days,
    case when known.revoked_on <= on_date then known.revoked_on end,
    renewal.valid_from,
    (select max(t.days) from unnest(r.threshold_days) as t (days)),
    (select min(t.days) from unnest(r.threshold_days) as t (days)
      where t.days >= c.expires_on - on_date),
    (select max(t.days) from unnest(r.threshold_days) as t (days)
      where t.days < c.expires_on - on_date),
    format('The thresholds are %s days, %s.', array_to_string(array(
      select distinct t.days from unnest(r.threshold_days) as t (days) order by t.days desc
    ), ', '), case r.threshold_origin
      when 'type' then 'those of the certification type'
      when 'organization' then 'those of the organisation'
      else 'the standard ones'
    end),
    nullif(concat_ws(' ',
      case
        when known.revoked_on > on_date then format('It was revoked later, on %s.', known.revoked_on)
      end,
      'Its dates were corrected later, on ' || known.corrected_on || '.',
      'It was renewed later, on ' || later.known_on || '.'
    ), '')
  from app_public.certifications as c
  join app_private.certification_rules as r on r.certification_type_id = c.certification_type_id
  cross join lateral app_private.certification_known(c, on_date) as known
  left join lateral app_private.certification_renewal(c, on_date, r.grace_days) as renewal
    on renewal.known_on is null or renewal.known_on <= on_date
  left join lateral app_private.certification_renewal(c, on_date, r.grace_days) as later
    on later.known_on > on_date
  where c.mentor_id = mentor.id
    and (known.granted_on is null or known.granted_on <= on_date or exists (
      select from app_public.certification_reminders as sent
      where sent.certification_id = c.id
        and sent.decided_on = on_date
    ))
    and c.expires_on + r.grace_days >= on_date - 90
  order by c.expires_on, r.name, c.id
$$;
comment on function app_private.certification_facts(app_public.mentors, date) is
  'What decides about the reminders of each certification of a mentor on a date: the threshold that
is reached (the smallest that is not below the days left), the next one, whether it was revoked or
renewed by then, and what has changed since, in sentences; part of explain_mentor.';
