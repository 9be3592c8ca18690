create or replace function app_public.register_activity(
  assignment_id uuid,
  occurred_on date default null,
  kind text default null,
  request_id uuid default null
) returns app_public.activities
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'register_activity',
    jsonb_build_array(assignment_id, occurred_on, kind));
begin
  if v_answer is null then
    v_answer := app_private.enter_activities(
      array[(assignment_id, occurred_on, kind)::app_public.activity_input]
    ) -> 0;
    perform app_private.finish_request(request_id, v_answer);
  end if;
  return jsonb_populate_record(null::app_public.activities, v_answer);
end;
$$;
comment on function app_public.register_activity(uuid, date, text, uuid) is
  'Registers contact on an assignment, today or on an earlier day: direct if the mentor does,
coordinator_proxy if a coordinator of the mentor does, else proxy. The last contact moves forward.
Returns the activity (F2). security definer: the caller may not write the tables. Errors: MNNOT,
MNDEN, MNACT, MNDAT, MNREQ.';
grant execute on function app_public.register_activity(uuid, date, text, uuid)
  to mentor_lifecycle_visitor;
