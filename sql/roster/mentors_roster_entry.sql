create or replace function app_public.mentors_roster_entry(mentor app_public.mentors)
returns app_public.roster_entry
language sql
stable
begin atomic
  select e.*
  from app_private.roster_entries(
    array(select m from app_public.mentors as m where m.id = (mentor).id)
  ) as e;
end;
comment on function app_public.mentors_roster_entry(app_public.mentors) is
  'What the roster says about the mentor: next expiry and days left, open assignments, oldest
silence, what the portal shows (V1, P4).';
grant execute on function app_public.mentors_roster_entry(app_public.mentors)
  to mentor_lifecycle_visitor;
