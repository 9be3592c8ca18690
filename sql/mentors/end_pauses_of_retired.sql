create or replace function app_private.end_pauses_of_retired(mentor_ids uuid[]) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update app_public.mentor_pauses as p
  set ended_at = greatest(app_private.clock(), p.started_at),
      ended_by = app_private.actor(),
      end_cause = 'retired'
  where p.mentor_id = any (mentor_ids)
    and p.ended_at is null
$$;
comment on function app_private.end_pauses_of_retired(uuid[]) is
  'Ends every open pause of mentors who have just retired.';
