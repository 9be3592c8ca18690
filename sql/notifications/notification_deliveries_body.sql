create or replace function app_public.notification_deliveries_body(
  delivery app_public.notification_deliveries
) returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select d.body
  from app_public.notification_deliveries as d
  where d.id = delivery.id
    and d.recipient_id = app_public.current_person_id()
$$;
comment on function app_public.notification_deliveries_body(
  app_public.notification_deliveries
) is
  'The text of a message in the caller''s own inbox, in the caller''s language; null for other
people''s. security definer: the caller may not read the column.';
grant execute on function app_public.notification_deliveries_body(
  app_public.notification_deliveries
) to mentor_lifecycle_visitor;
