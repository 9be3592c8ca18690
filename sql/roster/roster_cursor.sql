create or replace function app_private.roster_cursor(
  place jsonb,
  order_by app_public.roster_order
) returns text
language sql
stable
parallel safe
return replace(
  encode(convert_to((jsonb_build_array(order_by) || place)::text, 'UTF8'), 'base64'), E'\n', ''
);
comment on function app_private.roster_cursor(jsonb, app_public.roster_order) is
  'A place as a cursor: opaque to whoever is given it.';
grant execute on function app_private.roster_cursor(jsonb, app_public.roster_order)
  to mentor_lifecycle_visitor;
