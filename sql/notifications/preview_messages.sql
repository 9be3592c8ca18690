create or replace function app_private.preview_messages(organization_id uuid) returns setof jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select app_private.message_data(n, r.person_id, r.role, false)
  from app_public.notifications as n
  cross join lateral app_private.notification_recipients(n.mentor_id, n.audience) as r
  where n.organization_id = preview_messages.organization_id
    and n.state = 'open'
    and app_private.notification_objection(n) is null
  order by n.created_at, n.id, r.person_id
$$;
comment on function app_private.preview_messages(uuid) is
  'What would be told now of everything that is open, to the recipients of now. Sends nothing.';
