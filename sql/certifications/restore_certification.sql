create or replace function app_private.restore_certification(revoked_id uuid) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update app_public.certifications as c
  set replaced_on = (
    select min(next.valid_from)
    from app_public.certifications as next
    where next.mentor_id = c.mentor_id
      and next.certification_type_id = c.certification_type_id
      and next.revoked_at is null
      and next.valid_from > c.valid_from
      and next.valid_from <= c.expires_on
  )
  from app_public.certifications as revoked
  where revoked.id = revoked_id
    and c.mentor_id = revoked.mentor_id
    and c.certification_type_id = revoked.certification_type_id
    and c.replaced_on = revoked.valid_from
    and c.revoked_at is null
$$;
comment on function app_private.restore_certification(uuid) is
  'Lets the period that a revoked certification had replaced run to its own end, or until the next
period in force begins.';
