create or replace function app_private.expired_active_mentors(organization_id uuid, as_of date)
returns setof app_public.mentors
language sql
stable
as $$
  select m.*
  from app_public.mentors as m
  where m.organization_id = expired_active_mentors.organization_id
    and m.status = 'active'
    and not m.coverage @> expired_active_mentors.as_of
$$;
comment on function app_private.expired_active_mentors(uuid, date) is
  'Mentors who are active on a date on which a required certification of theirs does not hold (C6).';
