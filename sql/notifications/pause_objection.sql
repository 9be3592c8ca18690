create or replace function app_private.pause_objection(notification app_public.notifications)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when notification.kind = 'mentor_paused' and m.status = 'retired' then 'The mentor has retired.'
    when notification.kind = 'mentor_paused' and p.ended_at is not null then 'The pause has ended.'
    when notification.kind = 'mentor_resumed' and m.status <> 'active'
      or notification.kind = 'mentor_still_paused' and m.status <> 'paused'
    then format('The mentor is %s now.', m.status)
    when notification.kind <> 'mentor_paused' and exists (
      select from app_public.notifications as started
      where started.pause_id = notification.pause_id
        and started.kind = 'mentor_paused'
        and started.audience = notification.audience
        and started.state in ('open', 'superseded')
    ) then 'The pause was over before it was told of.'
  end
  from app_public.mentors as m
  join app_public.mentor_pauses as p on p.id = notification.pause_id
  where m.id = notification.mentor_id
$$;
comment on function app_private.pause_objection(app_public.notifications) is
  'Why there is no more to tell about a pause that began or ended, in a sentence; null while there
is (N4).';
