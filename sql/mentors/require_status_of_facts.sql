create or replace function app_private.require_status_of_facts(mentor_ids uuid[]) returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mentor app_public.mentors;
begin
  select m.*
  into v_mentor
  from app_public.mentors as m
  where m.id = any (mentor_ids)
    and (m.status = 'paused') <> exists (
      select from app_public.mentor_pauses as p
      where p.mentor_id = m.id
        and p.ended_at is null
    )
  limit 1;
  if found then
    raise exception 'The status % contradicts the mentor''s pauses', v_mentor.status using
      errcode = 'MNTRA',
      detail = format('mentor_id=%s', v_mentor.id),
      hint = 'The status follows from the pauses: open or end one instead of writing the status.',
      table = 'mentors';
  end if;
end;
$$;
comment on function app_private.require_status_of_facts(uuid[]) is
  'Refuses mentors who are paused without an open pause, or not paused with one. Errors: MNTRA.';
