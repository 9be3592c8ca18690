/*
 * What the policy of the mentors says, as a function: for computed fields, which run with the
 * owner's rights, and for the policy of coordinator_assignments, which the mentors' own policy
 * reads.
 */
create or replace function app_private.reads_mentor(mentor_id uuid) returns boolean
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_public.mentors as m
    where m.id = reads_mentor.mentor_id
      and cardinality(app_private.roles_towards(m)) > 0
  )
$$;
comment on function app_private.reads_mentor(uuid) is
  'Whether the caller may read what belongs to a mentor: the mentor, who looks after the mentor
today, and operators. security definer: a policy asks it.';
grant execute on function app_private.reads_mentor(uuid) to mentor_lifecycle_visitor;
