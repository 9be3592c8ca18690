/*
 * One expression, so that it is inlined and the index of the names is used.
 */
create or replace function app_private.is_found(full_name text, mentor_key text, search text)
returns boolean
language sql
stable
parallel safe
return
  is_found.full_name operator(pg_catalog.~~*)
    ('%' || regexp_replace(is_found.search, '([\\%_])', '\\\1', 'g') || '%')
  or is_found.mentor_key operator(pg_catalog.~~*)
    (regexp_replace(is_found.search, '([\\%_])', '\\\1', 'g') || '%');
comment on function app_private.is_found(text, text, text) is
  'Whether a search for a mentor finds this one: the name contains the text, or the key begins with
it, whatever the case (V1).';
