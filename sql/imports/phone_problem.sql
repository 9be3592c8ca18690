create or replace function app_private.phone_problem(value text) returns text
language sql
immutable
parallel safe
return case
  when value !~ '^\+?[0-9][0-9 ()-]{3,30}$'
    then 'is not a telephone number; write digits, with a + in front if you like: +47 000 00 000'
end;
comment on function app_private.phone_problem(text) is
  'Why the constraint people_phone_is_a_number would refuse a text; null if it would not.';
