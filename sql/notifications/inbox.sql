create or replace function app_public.inbox(unread_only boolean default false)
returns setof app_public.notification_deliveries
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select d.*
  from app_public.notification_deliveries as d
  where d.recipient_id = app_public.current_person_id()
    and d.channel = 'in_app'
    and d.state = 'sent'
    and (not unread_only or d.read_at is null)
  order by d.sent_at desc, d.id
$$;
comment on function app_public.inbox(boolean) is
  'What the caller was told, newest first; only what was not read yet, if asked for (N5). security
definer: the caller may not read the table.';
grant execute on function app_public.inbox(boolean) to mentor_lifecycle_visitor;
