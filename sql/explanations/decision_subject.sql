create or replace function app_private.decision_subject(
  action text,
  certification_type text,
  assignment_key text
) returns text
language sql
immutable
as $$
  select replace(action, '_', ' ')
    || coalesce(' "' || coalesce(certification_type, assignment_key) || '"', '')
$$;
comment on function app_private.decision_subject(text, text, text) is
  'What a decision of a night is about, in a few words.';
