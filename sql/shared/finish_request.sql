create or replace function app_private.finish_request(request_id uuid, answer jsonb) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update app_private.command_requests as r
  set answer = finish_request.answer
  where r.request_id = finish_request.request_id
$$;
comment on function app_private.finish_request(uuid, jsonb) is
  'Keeps the answer of a command for its repetition; nothing to do without a request id.';
