/*
 * The same as a calendar of each mentor and type. replaced_on is what it must become for the
 * periods not to overlap: a renewal that begins while the former runs ends it. previous_end is
 * the last day on which any earlier one holds.
 */
create or replace function app_private.import_periods(organization_id uuid, import_id uuid)
returns table (
  line integer,
  mentor_key text,
  mentor_id uuid,
  certification_type text,
  certification_id uuid,
  valid_from date,
  expires_on date,
  replaced_on date,
  is_changed boolean,
  previous_from date,
  previous_end date,
  reported_line integer
)
language sql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
  with period as (
    select m.*,
      case when m.known_replaced_on <= m.expires_on then m.known_replaced_on end as replaced_on
    from app_private.import_merged_periods(organization_id, import_id) as m
    where not m.is_revoked
  ),
  placed as (
    select p.*,
      lead(p.valid_from) over calendar as next_from,
      lag(p.valid_from) over calendar as previous_from,
      max(coalesce(p.replaced_on - 1, p.expires_on))
        over (calendar rows between unbounded preceding and 1 preceding) as previous_end,
      coalesce(
        p.line,
        lag(p.line) over calendar,
        min(p.line) over (partition by p.mentor_key, p.certification_type)
      ) as reported_line
    from period as p
    window calendar as (
      partition by p.mentor_key, p.certification_type order by p.valid_from, p.expires_on, p.line
    )
  ),
  settled as (
    select p.*, case
      when p.next_from <= coalesce(p.replaced_on - 1, p.expires_on) then p.next_from
      else p.replaced_on
    end as settled_replaced_on
    from placed as p
  )
  select s.line, s.mentor_key, m.id, s.certification_type, s.certification_id, s.valid_from,
    s.expires_on, s.settled_replaced_on,
    (s.expires_on, s.settled_replaced_on)
      is distinct from (s.known_expires_on, s.known_replaced_on),
    s.previous_from, s.previous_end, s.reported_line
  from settled as s
  left join app_public.mentors as m
    on m.organization_id = import_periods.organization_id
    and m.mentor_key = s.mentor_key
$$;
comment on function app_private.import_periods(uuid, uuid) is
  'The certifications in force that the mentors of a file would have, by type and in order.';
