create or replace function app_private.watch_nights(as_of timestamptz default app_private.clock())
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_organization_id uuid;
  v_problem record;
begin
  for v_organization_id in select o.id from app_public.organizations as o loop
    for v_problem in
      select known.kind, p.severity, p.message, p.cure
      from (values
        ('nightly_overdue'), ('nightly_slow'), ('nightly_needs_approval'), ('expired_mentors_active')
      ) as known (kind)
      left join app_private.night_problems(v_organization_id, as_of) as p on p.kind = known.kind
    loop
      if v_problem.message is null then
        perform app_private.close_alert(v_problem.kind, null, v_organization_id);
      else
        perform app_private.raise_alert(v_problem.kind, v_problem.severity, v_problem.message,
          v_problem.cure, '', v_organization_id);
      end if;
    end loop;
  end loop;
end;
$$;
comment on function app_private.watch_nights(timestamptz) is
  'Raises and closes the alerts about the nights of all organisations (C6, F4).';
