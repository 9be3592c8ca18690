/*
 * The ledger keeps its row and the notification its key: whatever happens, it is told once.
 */
create or replace function app_private.reopen_follow_ups(
  run_id uuid,
  attempt integer,
  mentor_ids uuid[]
) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_public.notifications as n
  set state = 'open',
      settled_at = null,
      outcome_detail = null,
      not_before = app_private.clock()
  from app_private.applied_actions(run_id, attempt, mentor_ids, 'follow_up') as a
  join app_private.untold_follow_ups as u
    on u.assignment_id = a.assignment_id
    and u.last_contact_on = a.last_contact_on
    and u.step = a.step
  where n.id = u.notification_id;
  if found then
    perform app_private.wake_dispatch();
  end if;
end;
$$;
comment on function app_private.reopen_follow_ups(uuid, integer, uuid[]) is
  'Lets the follow-ups of a batch be told of which an earlier night has written the message and that
nobody was told, because the cause had gone for a while (F1).';
