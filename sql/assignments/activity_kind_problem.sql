create or replace function app_private.activity_kind_problem(kind text, roles text[]) returns text
language sql
immutable
parallel safe
return case
  when kind not in ('direct', 'proxy', 'bulk', 'coordinator_proxy')
    then 'An activity is direct, proxy, bulk or coordinator_proxy'
  when kind = 'direct' and not roles && array['mentor', 'operator']
    then 'A direct activity is registered by the mentor'
  when kind = 'coordinator_proxy' and not roles && array['coordinator', 'operator']
    then 'A coordinator_proxy is registered by a coordinator of the mentor'
  when kind = 'proxy' and 'mentor' = any (roles)
    then 'A proxy is registered by somebody else than the mentor'
end;
comment on function app_private.activity_kind_problem(text, text[]) is
  'Why somebody with these roles towards the mentor does not register an activity of the kind, in a
sentence; null if they do (F2).';
