/*
 * Which mentors stand on a page, and nothing about them: what the caller may read of them is for
 * the policies to say.
 */
create or replace function app_private.roster_page(
  organization_id uuid,
  chapter_id uuid,
  coordinator_id uuid,
  statuses text[],
  portal_conditions text[],
  search text,
  expires_within_days integer,
  quiet_for_days integer,
  order_by app_public.roster_order,
  length integer,
  after text
) returns table (mentor_id uuid, place jsonb)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_person_id constant uuid := app_public.current_person_id();
  v_organization_id constant uuid
    := coalesce(organization_id, app_private.current_organization_id());
  v_today constant date
    := coalesce(app_private.local_date(v_organization_id), app_private.clock()::date);
begin
  if length not between 1 and 100 then
    raise exception 'A page has at most 100 rows, and at least one' using
      errcode = 'MNARG',
      hint = 'Ask for fewer rows.';
  end if;
  if expires_within_days < 0 or quiet_for_days < 0 then
    raise exception 'Days are counted from today' using
      errcode = 'MNARG',
      hint = 'Ask for a number of days that is not negative.';
  end if;
  -- No name and no key is longer than a label.
  if v_person_id is null and not app_private.is_operator() or length(btrim(search)) > 200 then
    return;
  end if;

  return query
  select p.mentor_id, p.place
  from app_private.roster_places(
    row(
      v_person_id,
      v_person_id is null
        or coalesce(v_organization_id = app_private.administered_organization_id(), false),
      app_private.administered_chapter_ids(),
      v_organization_id,
      chapter_id,
      coordinator_id,
      statuses,
      portal_conditions,
      nullif(btrim(search), ''),
      case
        when expires_within_days is not null then v_today + least(expires_within_days, 36500)
      end,
      case when quiet_for_days is not null then v_today - least(quiet_for_days, 36500) end,
      v_today
    )::app_private.roster_filter,
    order_by,
    app_private.roster_place(after, order_by),
    length + 1
  ) as p;
end;
$$;
comment on function app_private.roster_page(
  uuid, uuid, uuid, text[], text[], text, integer, integer, app_public.roster_order, integer, text
) is
  'The mentors of a page of the roster, in its order, each with its place, and one more, if there
is one: the page has a next one then. Nothing for who is nobody. security definer: nobody may
read roster_positions. Errors: MNARG.';
grant execute on function app_private.roster_page(
  uuid, uuid, uuid, text[], text[], text, integer, integer, app_public.roster_order, integer, text
) to mentor_lifecycle_visitor;
