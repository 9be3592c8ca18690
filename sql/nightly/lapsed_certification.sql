create or replace function app_private.lapsed_certification(mentor_id uuid, as_of date)
returns table (
  certification_id uuid,
  certification_type text,
  expires_on date,
  reason_code text,
  reason text
)
language sql
stable
rows 1
as $$
  select
    c.id,
    r.name::text,
    c.expires_on,
    case
      when c.id is null then 'certification_missing'
      when c.revoked_at is not null then 'certification_revoked'
      when c.valid_from > as_of then 'certification_not_yet_valid'
      else 'certification_expired'
    end,
    case
      when c.id is null then format('Required certification "%s" was never granted.', r.name)
      when c.revoked_at is not null then format('Required certification "%s" was revoked.', r.name)
      when c.valid_from > as_of
      then format('Required certification "%s" is valid only from %s.', r.name, c.valid_from)
      when r.grace_days > 0
      then format('Required certification "%s" expired on %s; the %s grace days ended on %s.',
        r.name, c.expires_on, r.grace_days, c.expires_on + r.grace_days)
      else format('Required certification "%s" expired on %s.', r.name, c.expires_on)
    end
  from app_public.mentors as m
  join app_private.certification_rules as r
    on r.organization_id = m.organization_id
    and r.is_required
  left join lateral (
    select
      latest.*,
      bool_or(
        latest.revoked_at is null
        and as_of between latest.valid_from and latest.expires_on + r.grace_days
      ) over () as is_covered
    from app_public.certifications as latest
    where latest.mentor_id = m.id
      and latest.certification_type_id = r.certification_type_id
    order by latest.valid_from <= as_of desc, latest.revoked_at is null desc, latest.expires_on desc
    limit 1
  ) as c on true
  where m.id = lapsed_certification.mentor_id
    and c.is_covered is not true
  order by c.expires_on, r.name
  limit 1
$$;
comment on function app_private.lapsed_certification(uuid, date) is
  'The required certification for want of which a mentor is not covered on a day, the longest
expired first, and the reason as code and sentence. No row for a mentor who is covered.';
