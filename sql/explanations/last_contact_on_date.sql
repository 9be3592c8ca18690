/*
 * The rule of the last contact, of what was known on a date: of activities and corrections those
 * that were registered by then. When an import learned of a contact is not kept; one after the
 * date cannot have been known.
 */
create or replace function app_private.last_contact_on_date(
  assignment app_public.assignments,
  on_date date
) returns date
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with corrected as (
    select c.*
    from app_public.last_contact_corrections as c
    where c.assignment_id = assignment.id
      and app_private.local_date(assignment.organization_id, c.corrected_at) <= on_date
    order by c.id desc
    limit 1
  )
  select greatest(
    assignment.opened_on,
    coalesce((select c.last_contact_on from corrected as c), entered.contact_on),
    case
      when entered.contact_on > (select c.entered_contact_on from corrected as c)
      then entered.contact_on
    end,
    (
      select max(act.occurred_on)
      from app_public.activity_assignments as l
      join app_public.activities as act on act.id = l.activity_id
      where l.assignment_id = assignment.id
        and act.occurred_on <= on_date
        and app_private.local_date(assignment.organization_id, act.registered_at) <= on_date
        and coalesce(
          app_private.local_date(assignment.organization_id, act.removed_at) > on_date, true)
        and (l.correction_id is null or l.correction_id > coalesce(
          (select c.id from corrected as c), 0))
    )
  )
  from (
    select case
      when assignment.entered_contact_on <= on_date then assignment.entered_contact_on
    end as contact_on
  ) as entered
$$;
comment on function app_private.last_contact_on_date(app_public.assignments, date) is
  'The last contact of an assignment as it was known at the end of a local date, as far as the rows
still tell (F2, F3).';
