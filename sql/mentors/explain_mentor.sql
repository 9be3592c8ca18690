/*
 * It reads with the owner's rights and says no more than the policies let through: nights and what
 * they planned are for those who hold an office, messages for those who may read them.
 */
create or replace function app_public.explain_mentor(mentor_id uuid, on_date date default null)
returns setof app_public.explanation
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_has_office constant boolean
    := app_private.is_operator() or app_private.office_organization_id() is not null;
  v_mentor app_public.mentors;
  v_today date;
  v_on_date date;
begin
  perform app_private.require_caller();
  select m.* into v_mentor
  from app_public.mentors as m
  where m.id = explain_mentor.mentor_id;
  if not found then
    raise exception 'There is no such mentor' using
      errcode = 'MNNOT',
      detail = format('mentor_id=%s', explain_mentor.mentor_id);
  end if;
  perform app_private.require_permission(v_mentor);
  v_today := app_private.local_date(v_mentor.organization_id);
  v_on_date := coalesce(on_date, v_today);
  if v_on_date not between v_today - 3660 and v_today + 3660 then
    raise exception 'The date % is more than ten years away', v_on_date using
      errcode = 'MNDAT',
      hint = 'Check the year.';
  end if;

  return query
  with told as (
    select 1 as place, e.* from app_private.explain_night(v_mentor, v_on_date, v_has_office)
      with ordinality as e
    union all
    select 2, e.* from app_private.explain_decisions(v_mentor, v_on_date) with ordinality as e
      where v_has_office
    union all
    select 3, e.* from app_private.explain_plan(v_mentor, v_on_date) with ordinality as e
      where v_has_office
    union all
    select 4, e.* from app_private.explain_status(v_mentor, v_on_date) with ordinality as e
    union all
    select 5, e.* from app_private.explain_pauses(v_mentor, v_on_date) with ordinality as e
    union all
    select 6, e.* from app_private.explain_certifications(v_mentor, v_on_date)
      with ordinality as e
    union all
    select 7, e.* from app_private.explain_assignments(v_mentor, v_on_date) with ordinality as e
    union all
    select 8, e.* from app_private.explain_listing(v_mentor, v_on_date) with ordinality as e
    union all
    select 9, e.* from app_private.explain_messages(v_mentor, v_on_date) with ordinality as e
  )
  select row_number() over (order by t.place, t.ordinality)::integer, t.topic, t.subject, t.verdict,
    t.code, t.explanation, t.at, t.certification_id, t.assignment_id, t.nightly_run_id,
    t.notification_id, t.delivery_id
  from told as t
  order by t.place, t.ordinality;
end;
$$;
comment on function app_public.explain_mentor(uuid, date) is
  'Why something was and was not done or sent about a mentor on a local date (default today): the
night, what it decided, status, certifications, assignments, the website, every message and
delivery, one sentence each, in the order in which they are read. Of the past it tells what was
known then and what has changed since; of a date to come what its night would do. Names nobody but
by id, and never the reason that a person gave for a pause. For those who may change the mentor;
the mentor is not told what coordinators are, nor what a night plans, and only operators what the
mail server answered.
Reads, never writes. security definer: the caller may not read the tables. Errors: MNNOT, MNDEN,
MNDAT (N5).';
grant execute on function app_public.explain_mentor(uuid, date) to mentor_lifecycle_visitor;
