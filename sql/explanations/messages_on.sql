/*
 * A message belongs to a date on which it was caused, handed over, given up or waiting, and on
 * which one of its deliveries was tried, sent, waiting or is due. A server whose clock was set back
 * meanwhile has an end before the beginning.
 */
create or replace function app_private.messages_on(mentor app_public.mentors, on_date date)
returns setof app_public.notifications
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select n.*
  from app_public.notifications as n
  join app_public.organizations as o on o.id = n.organization_id
  cross join lateral (
    select tstzrange(
      on_date::timestamp at time zone o.time_zone, (on_date + 1)::timestamp at time zone o.time_zone
    ) as day
  ) as asked
  where n.organization_id = mentor.organization_id
    and n.mentor_id = mentor.id
    and (
      app_private.decided_on(n) = on_date
      or app_private.decided_on(n) < on_date
      and tstzrange(least(n.created_at, n.settled_at), n.settled_at, '[]') && asked.day
      and (n.settled_at is not null or lower(asked.day) <= app_private.clock())
      or n.not_before <@ asked.day
      or exists (
        select from app_public.notification_deliveries as d
        where d.notification_id = n.id
          and (
            d.next_attempt_at <@ asked.day
            or tstzrange(least(d.created_at, d.sent_at), case
                when d.state = 'sent' then d.sent_at
                when d.next_attempt_at is null and d.state <> 'sending'
                then greatest(d.attempted_at, d.created_at)
              end, '[]') && asked.day
            and lower(asked.day) <= app_private.clock()
            or exists (
              select from app_public.notification_attempts as t
              where t.delivery_id = d.id
                and t.began_at <@ asked.day
            )
          )
      )
    )
$$;
comment on function app_private.messages_on(app_public.mentors, date) is
  'The notifications about a mentor that concern a local date; part of explain_mentor.';
