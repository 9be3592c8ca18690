create or replace function app_private.locale_problem(value text) returns text
language sql
immutable
parallel safe
return case
  when value not in ('nb', 'nn', 'en') then 'is not a language that is supported; write nb, nn or en'
end;
comment on function app_private.locale_problem(text) is
  'Why the constraint people_locale_is_supported would refuse a text; null if it would not.';
