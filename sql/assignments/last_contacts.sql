/*
 * The rule about last contact (F2, F3), once. A correction stands for everything that was known
 * when it was made: for what had been entered by then, and for the activities that it took out.
 * What was entered or registered later counts beside it.
 *
 * It sets nothing and is one statement, so that it is inlined: planned with its caller's arguments
 * it looks up a few assignments by index, and goes through a million in one scan of each table.
 */
create or replace function app_private.last_contacts(
  assignment_ids uuid[],
  organization_id uuid default null
) returns table (assignment_id uuid, last_contact_on date)
language sql
stable
as $$
  select
    a.id,
    greatest(
      a.opened_on,
      coalesce(corrected.last_contact_on, a.entered_contact_on),
      case
        when a.entered_contact_on > corrected.entered_contact_on then a.entered_contact_on
      end,
      active.occurred_on
    )
  from app_public.assignments as a
  left join (
    select distinct on (c.assignment_id) c.assignment_id, c.last_contact_on, c.entered_contact_on
    from app_public.last_contact_corrections as c
    where last_contacts.assignment_ids is null
      or c.assignment_id = any (last_contacts.assignment_ids)
    order by c.assignment_id, c.id desc
  ) as corrected on corrected.assignment_id = a.id
  left join (
    select l.assignment_id, max(act.occurred_on) as occurred_on
    from app_public.activity_assignments as l
    join app_public.activities as act on act.id = l.activity_id
    where l.correction_id is null
      and act.removed_at is null
      and (last_contacts.assignment_ids is null
        or l.assignment_id = any (last_contacts.assignment_ids))
      and (last_contacts.organization_id is null
        or act.organization_id = last_contacts.organization_id)
    group by l.assignment_id
  ) as active on active.assignment_id = a.id
  where (last_contacts.assignment_ids is null or a.id = any (last_contacts.assignment_ids))
    and (last_contacts.organization_id is null or a.organization_id = last_contacts.organization_id)
$$;
comment on function app_private.last_contacts(uuid[], uuid) is
  'For each of the assignments, or with null for all of an organisation, the last contact that
follows from its facts: first day, what was entered, activities, corrections (F2, F3).';
