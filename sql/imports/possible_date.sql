create or replace function app_private.possible_date(year integer, month integer, day integer)
returns date
language sql
immutable
parallel safe
return case
  when year between 1900 and 2199 and month between 1 and 12 and day between 1 and 31
  then case
    when extract(month from make_date(year, month, 1) + (day - 1)) = month
    then make_date(year, month, 1) + (day - 1)
  end
end;
comment on function app_private.possible_date(integer, integer, integer) is
  'The date, or null if the calendar has none such between 1900 and 2199.';
