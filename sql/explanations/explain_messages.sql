/*
 * As the policy of the notifications has it: what coordinators are told about a mentor is not for
 * the mentor.
 */
create or replace function app_private.explain_messages(mentor app_public.mentors, on_date date)
returns setof app_public.explanation
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with message as materialized (
    select n.*
    from app_private.messages_on(mentor, on_date) as n
    where n.audience = 'mentor'
      or mentor.person_id is distinct from app_public.current_person_id()
  ),
  told as (
    select m.created_at, m.id as notification_id, null::timestamptz as delivered_at,
      null::uuid as delivery_id, 'message' as topic, app_private.message_subject(m) as subject,
      case m.state
        when 'open' then 'waiting'
        when 'dispatched' then 'done'
        when 'superseded' then 'not_done'
        else 'failed'
      end as verdict,
      m.state as code,
      app_private.message_sentence(m) as sentence,
      coalesce(m.settled_at, m.created_at) as at
    from message as m
    union all
    select m.created_at, m.id, d.created_at, d.id, 'delivery', app_private.delivery_subject(d),
      case
        when d.state = 'sent' then 'done'
        when d.state = 'superseded' then 'not_done'
        when d.state = 'undeliverable' then 'failed'
        when d.state = 'unknown' and d.next_attempt_at is null then 'unknown'
        else 'waiting'
      end,
      d.state,
      concat_ws(' ', app_private.delivery_sentence(d), app_private.delivery_delay(d)),
      coalesce(d.sent_at, d.next_attempt_at, d.attempted_at, d.created_at)
    from message as m
    join app_public.notification_deliveries as d on d.notification_id = m.id
  )
  select null::integer, t.topic, t.subject, t.verdict, t.code, t.sentence, t.at, m.certification_id,
    m.assignment_id, m.nightly_run_id, t.notification_id, t.delivery_id
  from told as t
  join message as m on m.id = t.notification_id
  order by t.created_at, t.notification_id, t.delivered_at nulls first, t.subject
$$;
comment on function app_private.explain_messages(app_public.mentors, date) is
  'What became of each message about a mentor that concerns a date and that the caller may read,
each followed by its deliveries; part of explain_mentor.';
