/*
 * Certifications are facts; the mentor follows. One trigger function for both events, because a
 * correction has to recompute the same things as a grant; nothing is ever deleted.
 *
 * A revocation pauses at once and not tonight: whoever takes a certification back wants the
 * mentor off the website now.
 */
create or replace function app_private.tg_certifications__derive_mentors() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changes app_private.mentor_change[];
  v_mentor_ids uuid[];
begin
  if TG_OP = 'INSERT' then
    select array_agg((n.mentor_id, 'certified', null, null,
        format('%s from %s to %s', t.name, n.valid_from, n.expires_on),
        app_private.actor(), null, n.id, null)::app_private.mentor_change order by n.valid_from)
    into v_changes
    from new_certifications as n
    join app_public.certification_types as t on t.id = n.certification_type_id
    where not n.is_silent;
    v_mentor_ids := array(
      select distinct n.mentor_id from new_certifications as n where not n.is_silent
    );
    perform app_private.require_newcomers(array(
      select distinct n.mentor_id from new_certifications as n where n.is_silent
    ));
  else
    if exists (select o.id, o.mentor_id from old_certifications as o
      except select n.id, n.mentor_id from new_certifications as n)
    then
      raise exception 'A certification stays with its mentor' using
        errcode = 'MNAPP',
        hint = 'Revoke it, and grant it to the other mentor.',
        table = TG_TABLE_NAME;
    end if;
    select array_agg((n.mentor_id,
        case
          when n.revoked_at is not null and o.revoked_at is null then 'certification_revoked'
          else 'certification_corrected'
        end,
        null, null,
        case
          when n.revoked_at is not null and o.revoked_at is null then n.revocation_reason
          else format('%s to %s', n.valid_from, n.expires_on)
        end,
        app_private.actor(), null, n.id, null)::app_private.mentor_change)
    into v_changes
    from new_certifications as n
    join old_certifications as o on o.id = n.id
    where (n.mentor_id, n.certification_type_id, n.valid_from, n.expires_on, n.revoked_at)
      is distinct from (
        o.mentor_id, o.certification_type_id, o.valid_from, o.expires_on, o.revoked_at);
    v_mentor_ids := array(select distinct c.mentor_id from unnest(v_changes) as c);
  end if;

  perform app_private.refresh_coverage(v_mentor_ids);
  perform app_private.record_changes(v_changes);
  perform app_private.settle_certification(v_mentor_ids);
  if TG_OP = 'UPDATE' then
    perform app_private.pause_revoked(array(
      select n.id
      from new_certifications as n
      join old_certifications as o on o.id = n.id
      where n.revoked_at is not null
        and o.revoked_at is null
    ));
  end if;
  return null;
end;
$$;
comment on function app_private.tg_certifications__derive_mentors() is
  'Keeps coverage, status and journal in step with certifications, whoever writes them (S2, C4).
Errors: MNAPP, MNCRT.';

create or replace trigger _500_derive_mentors_after_insert
  after insert on app_public.certifications
  referencing new table as new_certifications
  for each statement execute function app_private.tg_certifications__derive_mentors();
create or replace trigger _500_derive_mentors_after_update
  after update on app_public.certifications
  referencing new table as new_certifications old table as old_certifications
  for each statement execute function app_private.tg_certifications__derive_mentors();
