/*
 * Lets the status follow from certifications as of today: a mentor who is covered again returns,
 * one who was waiting becomes active. It never opens a pause: that is for the night, or for a
 * revocation.
 */
create or replace function app_private.settle_certification(mentor_ids uuid[]) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_covered constant uuid[] := array(
    select m.id
    from app_public.mentors as m
    where m.id = any (mentor_ids)
      and m.coverage @> app_private.local_date(m.organization_id)
  );
begin
  update app_public.mentor_pauses as p
  set ended_at = greatest(app_private.clock(), p.started_at),
      ended_by = app_private.actor(),
      end_cause = 'recertified'
  where p.mentor_id = any (v_covered)
    and p.kind = 'certification'
    and p.ended_at is null;

  update app_public.mentors as m
  set status = 'active'
  where m.id = any (v_covered)
    and m.status = 'pending';
end;
$$;
comment on function app_private.settle_certification(uuid[]) is
  'Ends the certification pauses of those mentors who are covered today and activates pending
ones.';
