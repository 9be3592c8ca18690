drop function if exists app_private.nightly_inaction(uuid, date);
create or replace function app_private.nightly_inaction(
  organization_id uuid,
  run_on date,
  mentor_ids uuid[] default null
) returns setof app_public.nightly_decision
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'none', s.mentor_id, s.mentor_key, null::uuid, null::uuid, null::text, null::date,
    null::integer, null::integer[], s.listed_until,
    case
      when s.status = 'paused' and s.person_pause_id is not null then 'paused_by_person'
      when s.status = 'paused' then 'paused_for_certification'
      else s.status
    end,
    case
      when s.status = 'pending' then 'Not yet certified.'
      when s.status = 'retired' then 'Retired.'
      when s.person_pause_id is not null and s.expected_return_on is not null
      then format('Paused by a person; the return is planned on %s.', s.expected_return_on)
      when s.person_pause_id is not null then 'Paused by a person, without a planned return.'
      when s.status = 'paused' then 'Paused until the required certification is renewed.'
      else 'Active; certified'
        || coalesce(' until ' || app_private.covered_until(s.coverage, run_on), '') || '.'
    end,
    null::uuid, null::text, null::date, null::integer, null::integer[]
  from app_private.nightly_states(organization_id, run_on, mentor_ids) as s
$$;
comment on function app_private.nightly_inaction(uuid, date, uuid[]) is
  'For every mentor the reason why a night would leave the mentor alone. Null for mentor_ids means
all.';
