/*
 * Says before the domain app_public.label refuses a cell what is wrong with it. A domain can only
 * fail, one value at a time and without naming line and column; a test holds both to the same
 * verdict.
 */
create or replace function app_private.label_problem(value text) returns text
language sql
immutable
parallel safe
return case
  when value = '' then 'is empty; fill it in'
  when length(value) > 200 then 'has more than 200 characters; shorten it'
  when value ~ '[\u0001-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]'
    then 'contains a line break, a tab or another control character; remove it'
  when value ~ '^[=+@-]'
    then 'begins with =, +, - or @, which a spreadsheet takes for a formula; remove that character'
  when value <> btrim(value) then 'begins or ends with a space; remove it'
end;
comment on function app_private.label_problem(text) is
  'Why the domain label would refuse a text, as the end of a sentence; null if it would not.';
