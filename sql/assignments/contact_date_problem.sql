create or replace function app_private.contact_date_problem(
  contact_on date,
  opened_on date,
  closed_on date,
  today date
) returns text
language sql
stable
parallel safe
return case
  when contact_on > today then format('A contact on %s lies after today, %s', contact_on, today)
  when contact_on < opened_on
    then format('A contact on %s lies before the assignment was opened, %s', contact_on, opened_on)
  when contact_on > closed_on
    then format('A contact on %s lies after the assignment was closed, %s', contact_on, closed_on)
end;
comment on function app_private.contact_date_problem(date, date, date, date) is
  'Why there cannot have been contact on a day, in a sentence; null if there can (F2).';
