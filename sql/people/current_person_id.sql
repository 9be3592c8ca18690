create or replace function app_public.current_person_id() returns uuid
language sql
stable
parallel safe
as $$
  select nullif(pg_catalog.current_setting('mentor_lifecycle.person_id', true), '')::uuid
$$;
comment on function app_public.current_person_id() is
  'The person on whose behalf the transaction runs, from the setting mentor_lifecycle.person_id;
null for operators and the worker.';
