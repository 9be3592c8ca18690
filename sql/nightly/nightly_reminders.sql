/*
 * Which reminders are due. A threshold is due when no more days are left than it says and neither
 * it nor a smaller one was dealt with for this expiry date: an open interval against a ledger, so
 * that a missed night loses nothing and repeats nothing. Only the smallest due threshold is sent;
 * larger ones that were missed collapse into it. In the grace days the smallest is still due.
 *
 * It sets nothing and is one statement, so that it is inlined and planned with its caller.
 *
 * A certification that a later period continues is left alone, as is one whose grace has run out.
 */
create or replace function app_private.nightly_reminders(
  organization_id uuid,
  run_on date,
  mentor_ids uuid[] default null
) returns table (
  mentor_id uuid,
  mentor_key text,
  certification_id uuid,
  certification_type text,
  expires_on date,
  threshold_days integer,
  collapsed_threshold_days integer[]
)
language sql
stable
as $$
  select
    m.id,
    m.mentor_key::text,
    c.id,
    r.name::text,
    c.expires_on,
    due.days,
    nullif(array(
      select distinct larger.days
      from unnest(r.threshold_days) as larger (days)
      where larger.days > due.days
        and not exists (
          select from app_public.certification_reminders as sent
          where sent.mentor_id = m.id
            and sent.certification_id = c.id
            and sent.expires_on = c.expires_on
            and sent.threshold_days = larger.days
        )
      order by larger.days desc
    ), '{}')
  from app_private.certification_rules as r
  join app_public.certifications as c
    on c.certification_type_id = r.certification_type_id
    and c.organization_id = nightly_reminders.organization_id
    and c.revoked_at is null
    and c.expires_on between nightly_reminders.run_on - r.grace_days
      and nightly_reminders.run_on
        + (select max(farthest.days) from unnest(r.threshold_days) as farthest (days))
  join app_public.mentors as m
    on m.id = c.mentor_id
    and m.status <> 'retired'
  cross join lateral (
    select min(reached.days) as days
    from unnest(r.threshold_days) as reached (days)
    where reached.days >= c.expires_on - nightly_reminders.run_on
  ) as due
  where r.organization_id = nightly_reminders.organization_id
    and (nightly_reminders.mentor_ids is null or m.id = any (nightly_reminders.mentor_ids))
    and due.days is not null
    and not exists (
      select from app_public.certification_reminders as sent
      where sent.mentor_id = m.id
        and sent.certification_id = c.id
        and sent.expires_on = c.expires_on
        and sent.threshold_days <= due.days
    )
    and not exists (
      select from app_public.certifications as next
      where next.mentor_id = c.mentor_id
        and next.certification_type_id = c.certification_type_id
        and next.revoked_at is null
        and next.expires_on > c.expires_on
        and next.valid_from <= c.expires_on + r.grace_days + 1
    )
$$;
comment on function app_private.nightly_reminders(uuid, date, uuid[]) is
  'Reminders due on a date: the most urgent threshold and the missed ones that it covers (C2, C3,
C5). Null for mentor_ids means all.';
