create or replace function app_private.follow_up_reason(
  assignment_key text,
  last_contact_on date,
  silent_days integer,
  step integer,
  collapsed_steps integer[] default null
) returns text
language sql
stable
as $$
  select format('The last contact on assignment "%s" was on %s, %s ago; step %s is due%s.',
    assignment_key,
    last_contact_on,
    case silent_days when 1 then '1 day' else silent_days || ' days' end,
    step,
    ', which covers the missed step' || case when cardinality(collapsed_steps) > 1 then 's' else '' end
      || ' ' || array_to_string(collapsed_steps, ' and '))
$$;
comment on function app_private.follow_up_reason(text, date, integer, integer, integer[]) is
  'Why an assignment is followed up, in a sentence; with the missed steps that it covers, if given.';
