create or replace function app_public.remove_activity(
  activity_id uuid,
  request_id uuid default null
) returns app_public.activities
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := app_private.begin_request(request_id, 'remove_activity',
    jsonb_build_array(activity_id));
  v_activity app_public.activities;
  v_mentor app_public.mentors;
begin
  if v_answer is not null then
    return jsonb_populate_record(null::app_public.activities, v_answer);
  end if;

  select a.*
  into v_activity
  from app_public.activities as a
  where a.id = remove_activity.activity_id
  for no key update;
  if not found then
    raise exception 'There is no such activity' using
      errcode = 'MNNOT',
      detail = format('activity_id=%s', remove_activity.activity_id);
  end if;
  select m.* into v_mentor from app_public.mentors as m where m.id = v_activity.mentor_id;
  perform app_private.require_permission(v_mentor);

  if v_activity.removed_at is null then
    update app_public.activities as a
    set removed_at = app_private.clock(),
        removed_by = app_private.actor()
    where a.id = v_activity.id
    returning a.* into v_activity;
  end if;
  perform app_private.finish_request(request_id, to_jsonb(v_activity));
  return v_activity;
end;
$$;
comment on function app_public.remove_activity(uuid, uuid) is
  'Takes a registered activity back: it counts no more, and the last contact is what the others say.
One that was taken back before is left as it is. Returns the activity (F2). security definer: the
caller may not write the tables. Errors: MNNOT, MNDEN, MNREQ.';
grant execute on function app_public.remove_activity(uuid, uuid) to mentor_lifecycle_visitor;
