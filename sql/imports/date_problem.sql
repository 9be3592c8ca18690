create or replace function app_private.date_problem(value text) returns text
language sql
immutable
parallel safe
return case
  when app_private.parse_import_date(value) is not null or value is null then null
  when value ~ '^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4})$'
    then 'is not a day of the calendar between 1900 and 2199; correct it'
  else 'is not a date; write it like 2026-10-31 or 31.10.2026'
end;
comment on function app_private.date_problem(text) is
  'Why a cell means no date, as the end of a sentence; null if it does or is empty.';
