create or replace function app_private.portal_attention_sentence(cause text) returns text
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case cause
    when 'held' then 'Somebody hid the mentor in the portal.'
    when 'missing' then 'The portal has no row with the mentor''s key.'
    when 'shared_key' then
      'Another organisation in this database uses the same mentor key; give one of them another.'
  end
$$;
comment on function app_private.portal_attention_sentence(text) is
  'Why a listing needs a person, where that is not the portal''s own word: held, missing or
shared_key; null for anything else (P3).';
