create or replace function app_private.request_digest(arguments jsonb) returns jsonb
language sql
immutable
parallel safe
return to_jsonb(encode(sha256(convert_to(arguments::text, 'UTF8')), 'hex'));
comment on function app_private.request_digest(jsonb) is
  'What is kept of the arguments of a request: equal for equal ones, and nothing can be read in it.';
