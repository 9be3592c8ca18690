create or replace function app_public.register_activities(
  activities app_public.activity_input[],
  request_id uuid default null
) returns setof app_public.activities
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most constant integer := 10000;
  v_answer jsonb;
begin
  if cardinality(activities) > v_most then
    raise exception 'One call registers at most % activities, not %',
      v_most, cardinality(activities) using
      errcode = 'MNACT',
      hint = 'Split the call.';
  end if;

  v_answer := app_private.begin_request(request_id, 'register_activities',
    coalesce(to_jsonb(activities), '[]'));
  if v_answer is null then
    v_answer := app_private.enter_activities(activities, 'bulk');
    perform app_private.finish_request(request_id, v_answer);
  end if;
  return query
  select a.*
  from jsonb_populate_recordset(null::app_public.activities, v_answer) as a;
end;
$$;
comment on function app_public.register_activities(app_public.activity_input[], uuid) is
  'Registers contact on up to 10,000 assignments, all of it or nothing; a refusal names the first
item that is wrong. Items of one mentor, kind and day become one activity on several assignments.
Returns the activities (F2). security definer: the caller may not write the tables. Errors: MNNOT,
MNDEN, MNACT, MNDAT, MNREQ.';
grant execute on function app_public.register_activities(app_public.activity_input[], uuid)
  to mentor_lifecycle_visitor;
