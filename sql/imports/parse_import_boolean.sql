create or replace function app_private.parse_import_boolean(value text) returns boolean
language sql
immutable
parallel safe
return case
  when lower(value) in ('true', 'yes', 'ja', 'sann', '1') then true
  when lower(value) in ('false', 'no', 'nei', 'usann', '0') then false
end;
comment on function app_private.parse_import_boolean(text) is
  'Yes or no as people and spreadsheets write it, Norwegian or English; null if it is neither.';
