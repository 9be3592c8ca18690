/*
 * A cast would raise for 31.02.2026, and would read 01/02/2026 as the session's datestyle likes. An
 * exception block for each of 200,000 cells costs more than the whole import.
 */
create or replace function app_private.parse_import_date(value text) returns date
language sql
immutable
parallel safe
return case
  when value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
  then app_private.possible_date(
    split_part(value, '-', 1)::integer,
    split_part(value, '-', 2)::integer,
    split_part(value, '-', 3)::integer
  )
  when value ~ '^[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}$'
  then app_private.possible_date(
    split_part(value, '.', 3)::integer,
    split_part(value, '.', 2)::integer,
    split_part(value, '.', 1)::integer
  )
end;
comment on function app_private.parse_import_date(text) is
  'The date that a cell means, written 2026-10-31 or 31.10.2026; null if it means none.';
