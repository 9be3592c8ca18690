/*
 * Makes a command harmless to repeat. Inserting the request id first lets the second of two equal
 * calls wait for the first; it then finds the answer and changes nothing.
 *
 * Who calls is one of the arguments: the answer is given without asking for permission again, so
 * somebody else who has got hold of a request id must not be given it.
 *
 * Of the arguments only a digest is kept, which tells others apart: a reason may be about health,
 * and nobody reads it here.
 *
 * It is also the door of every command: who is nobody gets no further, and a service only to the
 * night.
 */
create or replace function app_private.begin_request(
  request_id uuid,
  command text,
  arguments jsonb
) returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_arguments constant jsonb := app_private.request_digest(arguments || jsonb_build_array(
    case
      when app_private.is_service() then app_private.actor()
      else app_public.current_person_id()::text
    end
  ));
  v_request app_private.command_requests;
begin
  if not (app_private.is_service() and command = 'run_nightly') then
    perform app_private.require_caller();
  end if;
  if request_id is null then
    return null;
  end if;

  insert into app_private.command_requests (request_id, command, arguments)
  values (begin_request.request_id, begin_request.command, v_arguments)
  on conflict on constraint command_requests_pkey do nothing;
  if found then
    return null;
  end if;

  select r.*
  into v_request
  from app_private.command_requests as r
  where r.request_id = begin_request.request_id;
  if (v_request.command, v_request.arguments)
    is distinct from (begin_request.command, v_arguments)
  then
    raise exception 'This request id was used before, with other arguments' using
      errcode = 'MNREQ',
      detail = format('request_id=%s', request_id),
      hint = 'Take a new request id for a new command.';
  end if;
  return v_request.answer;
end;
$$;
comment on function app_private.begin_request(uuid, text, jsonb) is
  'The answer that the request got before, or null if it is new or has no id. Errors:
MNDEN, MNREQ.';
