create or replace function app_public.roster_entry_mentor(entry app_public.roster_entry)
returns app_public.mentors
language sql
stable
as $$
  select m.*
  from app_public.mentors as m
  where m.id = (entry).mentor_id
$$;
comment on function app_public.roster_entry_mentor(app_public.roster_entry) is
  '@behavior -queryField
The mentor of a row of the roster, with everything that belongs to the mentor.';
grant execute on function app_public.roster_entry_mentor(app_public.roster_entry)
  to mentor_lifecycle_visitor;
