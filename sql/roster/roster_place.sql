create or replace function app_private.roster_place(
  cursor text,
  order_by app_public.roster_order
) returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_place jsonb;
begin
  if cursor is null then
    return null;
  end if;
  -- One of ours names a label; what is longer is not even read.
  if length(cursor) > 2000 then
    raise invalid_parameter_value;
  end if;
  v_place := convert_from(decode(cursor, 'base64'), 'UTF8')::jsonb;
  if jsonb_array_length(v_place) <> 3
    or v_place ->> 0 is distinct from order_by::text
    or v_place ->> 1 is null
    or (v_place ->> 2)::uuid is null
    or order_by in ('next_expiry', 'quietest') and (v_place ->> 1)::date is null
  then
    raise invalid_parameter_value;
  end if;
  return v_place - 0;
exception
  when data_exception then
    raise exception 'The cursor is not one of this list in this order' using
      errcode = 'MNARG',
      hint = 'Begin with the first page again.';
end;
$$;
comment on function app_private.roster_place(text, app_public.roster_order) is
  'The place that a cursor names, as value and mentor; null for none. Errors: MNARG.';
