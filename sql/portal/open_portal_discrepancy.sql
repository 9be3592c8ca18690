create or replace function app_private.open_portal_discrepancy(
  organization_id uuid,
  mentor_id uuid,
  discrepancy text,
  subject text default ''
) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.discrepancies
    (organization_id, mentor_id, invariant, detail, opened_at, source, subject)
  values (
    organization_id,
    mentor_id,
    discrepancy,
    case discrepancy
      when 'portal_hidden_by_somebody' then
        'Somebody hid the mentor in the portal. The mentor is not shown again before a sync is forced.'
      when 'portal_shown_by_somebody' then
        'The portal showed the mentor, who is to be hidden; it was told again.'
      when 'portal_listing_missing' then
        'The mentor is to be shown, and the portal has no row with the mentor''s key.'
      when 'portal_differs' then
        'The portal showed something else than it had confirmed; it was told again.'
      when 'portal_orphan' then
        'The portal shows a row that belongs to no mentor of ours. It was left alone.'
    end,
    now(),
    'portal',
    subject
  )
  on conflict do nothing
$$;
comment on function app_private.open_portal_discrepancy(uuid, uuid, text, text) is
  'Puts a difference between the portal and the wish before the coordinators, once (P3).';
