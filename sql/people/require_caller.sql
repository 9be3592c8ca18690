create or replace function app_private.require_caller() returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.is_operator() or app_public.current_person_id() is not null then
    return;
  elsif app_private.is_service() then
    raise exception 'A service may start the nightly run and nothing else' using
      errcode = 'MNDEN',
      hint = 'Log in as a person.';
  end if;
  raise exception 'Only somebody whom the organisation knows may do this' using
    errcode = 'MNDEN',
    hint = 'Log in; if you have, and several organisations know you, name one of them.';
end;
$$;
comment on function app_private.require_caller() is
  'Returns for operators and for people whom an organisation knows. Errors: MNDEN.';
