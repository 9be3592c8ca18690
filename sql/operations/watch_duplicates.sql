create or replace function app_private.watch_duplicates() returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
as $$
declare
  v_found record;
begin
  for v_found in
    select o.id as organization_id, count(d.entry) as entries, min(d.detail) as example
    from app_public.organizations as o
    left join app_private.duplicate_entries() as d on d.organization_id = o.id
    group by o.id
  loop
    if v_found.entries = 0 then
      perform app_private.close_alert('duplicate_entries', null, v_found.organization_id);
    else
      perform app_private.raise_alert('duplicate_entries', 'critical',
        format('Entries that stand twice: %s, as %s.', v_found.entries, v_found.example),
        'select * from app_private.duplicate_entries() lists them; tell whoever operates the system.',
        '', v_found.organization_id);
    end if;
  end loop;
end;
$$;
comment on function app_private.watch_duplicates() is
  'Raises and closes the alert about entries that stand twice (C7). Looks at whole tables: once a day.';
