create or replace function app_private.judged_activities(
  activities app_public.activity_input[],
  default_kind text
) returns table (
  place bigint,
  assignment_id uuid,
  mentor_id uuid,
  organization_id uuid,
  occurred_on date,
  kind text,
  code text,
  problem text
)
language sql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
  with given as materialized (
    select i.place, i.assignment_id, i.occurred_on, i.kind, a.id, a.mentor_id, a.opened_on,
      a.closed_on
    from unnest(activities) with ordinality as i (assignment_id, occurred_on, kind, place)
    left join app_public.assignments as a on a.id = i.assignment_id
  ),
  concerned as materialized (
    select m.id, m.organization_id, app_private.local_date(m.organization_id) as today,
      app_private.roles_towards(m) as roles
    from app_public.mentors as m
    where m.id in (select g.mentor_id from given as g)
  ),
  completed as (
    select g.place, g.assignment_id, g.id, g.mentor_id, m.organization_id, g.opened_on, g.closed_on,
      m.today, m.roles, coalesce(g.occurred_on, m.today) as occurred_on,
      coalesce(g.kind, default_kind, case
        when 'mentor' = any (m.roles) then 'direct'
        when 'coordinator' = any (m.roles) then 'coordinator_proxy'
        else 'proxy'
      end) as kind
    from given as g
    left join concerned as m on m.id = g.mentor_id
  )
  select c.place, c.assignment_id, c.mentor_id, c.organization_id, c.occurred_on, c.kind,
    found.code, found.problem
  from completed as c
  left join lateral (
    select p.code, p.problem
    from (values
      (1, 'MNNOT', case when c.id is null then 'There is no such assignment' end),
      (2, 'MNDEN', case
        when cardinality(c.roles) = 0
          then 'You are neither this mentor nor somebody who looks after this mentor'
      end),
      (3, 'MNACT', app_private.activity_kind_problem(c.kind, c.roles)),
      (4, 'MNDAT', app_private.contact_date_problem(
        c.occurred_on, c.opened_on, c.closed_on, c.today
      ))
    ) as p (rank, code, problem)
    where p.problem is not null
    order by p.rank
    limit 1
  ) as found on true
$$;
comment on function app_private.judged_activities(app_public.activity_input[], text) is
  'Activities to be registered, completed with today and the default kind (with null the one that
follows from who registers), each with the code and sentence of the first thing that is wrong
with it; both are null if nothing is.';
