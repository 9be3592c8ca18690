/*
 * Applies a set of mentors as one, and if that fails halves it until the mentors that make it fail
 * stand alone: they are recorded, the others are done (one bad mentor does not stop the night). A
 * night without trouble costs one savepoint a batch.
 *
 * The deferred check against the journal is made here, where it can still be caught.
 */
create or replace function app_private.apply_nightly_safely(
  run_id uuid,
  attempt integer,
  mentor_ids uuid[]
) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_half constant integer := cardinality(mentor_ids) / 2;
  v_state text;
  v_message text;
begin
  begin
    perform app_private.apply_nightly_actions(run_id, attempt, mentor_ids);
    set constraints all immediate;
    set constraints all deferred;
    return;
  exception when others then
    get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
  end;

  if cardinality(mentor_ids) > 1 then
    perform app_private.apply_nightly_safely(run_id, attempt, mentor_ids[:v_half]);
    perform app_private.apply_nightly_safely(run_id, attempt, mentor_ids[v_half + 1:]);
    return;
  end if;
  update app_public.nightly_run_actions as a
  set outcome = 'failed',
      outcome_detail = format('%s: %s', v_state, v_message)
  where a.run_id = apply_nightly_safely.run_id
    and a.attempt = apply_nightly_safely.attempt
    and a.mentor_id = any (mentor_ids)
    and a.outcome = 'planned';
end;
$$;
comment on function app_private.apply_nightly_safely(uuid, integer, uuid[]) is
  'Applies the actions of these mentors; those of a mentor for whom it fails are recorded as failed
with the error, and the others are applied.';
