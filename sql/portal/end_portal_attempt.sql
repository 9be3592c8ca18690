/*
 * The one place where an attempt is written down and its lease given back.
 *
 * - written, unchanged, absent: the portal is known to show this version of the wish
 * - held, missing, and failed for good: a person has to look
 * - failed otherwise: it is tried again, with jitter, after seconds at first and a quarter of an
 *   hour at last; it is never given up
 *
 * If the wish has changed meanwhile, the new one is pending and the failure of the old one is
 * history. Only a confirmed write, or the absence of the row, ends what may be under way: it has
 * moved the ETag. A failure leaves the mark.
 */
create or replace function app_private.end_portal_attempt(
  listing app_public.portal_listings,
  outcome text,
  remote app_private.portal_record,
  error_class text default null,
  error_code text default null,
  error_message text default null
) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_settled constant boolean := outcome in ('written', 'unchanged', 'absent');
  v_is_current constant boolean := listing.desired_version = (
    select l.desired_version
    from app_public.portal_listings as l
    where l.mentor_id = listing.mentor_id
  );
  v_condition constant text := case
    when not v_is_current then 'pending'
    when v_is_settled then 'synced'
    when outcome in ('held', 'missing') or error_class = 'permanent' then 'needs_attention'
    else 'retrying'
  end;
begin
  insert into app_public.portal_attempts (organization_id, mentor_id, outcome, desired_version,
    visible, visible_until, revision, error_class, error_code, error_message, actor)
  values (listing.organization_id, listing.mentor_id, outcome, listing.desired_version,
    remote.visible, remote.visible_until, remote.revision, end_portal_attempt.error_class,
    end_portal_attempt.error_code, end_portal_attempt.error_message, app_private.actor());

  update app_public.portal_listings as l
  set condition = v_condition,
      pending_since = case when v_condition <> 'synced' then coalesce(l.pending_since, now()) end,
      synced_version = case
        when v_is_settled then greatest(l.synced_version, listing.desired_version)
        else l.synced_version
      end,
      synced_at = case when v_is_settled then now() else l.synced_at end,
      held_since = case
        when outcome = 'held' then coalesce(l.held_since, now())
        when v_is_settled and remote.visible then null
        else l.held_since
      end,
      write_inflight = l.write_inflight and outcome not in ('written', 'absent'),
      lease_token = null,
      lease_until = null,
      attempts = case when v_is_settled or not v_is_current then 0 else l.attempts + 1 end,
      next_attempt_at = case
        when v_is_settled or not v_is_current then now()
        else now() + make_interval(secs => 1 + random() * least(900, 2 ^ least(l.attempts + 1, 10)))
      end,
      error_class = case
        when outcome in ('held', 'missing') then outcome
        when v_is_current then end_portal_attempt.error_class
      end,
      error_code = case when v_is_current then end_portal_attempt.error_code end,
      error_message = coalesce(
        app_private.portal_attention_sentence(outcome),
        case when v_is_current then end_portal_attempt.error_message end
      )
  where l.mentor_id = listing.mentor_id;

  if outcome <> 'failed' then
    perform app_private.remember_portal_record(listing, outcome, remote);
  end if;
end;
$$;
comment on function app_private.end_portal_attempt(
  app_public.portal_listings, text, app_private.portal_record, text, text, text
) is
  'Records the outcome of an attempt about a listing as it was leased, and gives the lease back
(P4, P6).';
