/*
 * The rule of the constraint people_email_is_one_address with a cause; a test holds both to the
 * same verdict.
 */
create or replace function app_private.email_problem(value text) returns text
language sql
immutable
parallel safe
return case
  when length(value) > 254 then 'has more than 254 characters; write one e-mail address'
  when value ~ '^[=+@-]'
    then 'begins with =, +, - or @, which a spreadsheet takes for a formula; remove that character'
  when value !~ '^[^@\s,;<>"()\\\u0001-\u001f\u007f-\u009f]+@[^@\s,;<>"()\\\u0001-\u001f\u007f-\u009f]+\.[^@\s,;<>"()\\\u0001-\u001f\u007f-\u009f]+$'
    then 'is not an e-mail address; write exactly one, like kari@example.org'
end;
comment on function app_private.email_problem(text) is
  'Why a text is no e-mail address, as the end of a sentence; null if it is one.';
