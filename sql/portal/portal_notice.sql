create or replace function app_private.portal_notice(
  listing app_public.portal_listings,
  locale text,
  time_zone text
) returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_pattern constant text := case
    when locale in ('nb', 'nn') then 'DD.MM.YYYY "kl." HH24:MI'
    else 'FMDD FMMonth YYYY, HH24:MI'
  end;
  v_gate app_private.portal_gate;
  v_code text;
  v_at timestamptz := listing.pending_since;
begin
  if listing.condition in ('pending', 'retrying') then
    select g.* into v_gate from app_private.portal_gate as g;
    return concat_ws(' ',
      format(
        app_private.portal_notice_text(
          case when listing.desired_visible then 'show_pending' else 'hide_pending' end, locale),
        to_char(v_at at time zone time_zone, v_pattern)
      ),
      format(
        app_private.portal_notice_text(
          coalesce(v_gate.closed_class, nullif(listing.condition, 'pending')), locale),
        to_char(case
          when v_gate.closed_class = 'throttled' then v_gate.closed_until
          when v_gate.closed_class is not null then v_gate.closed_since
          else listing.next_attempt_at
        end at time zone time_zone, v_pattern)
      ));
  end if;

  if listing.condition = 'needs_attention' then
    v_code := case
      when listing.error_class in ('held', 'missing') then listing.error_class
      when listing.desired_visible then 'refused_show'
      else 'refused_hide'
    end;
    v_at := coalesce(listing.held_since, listing.pending_since);
  elsif listing.desired_visible
    and listing.desired_until < (app_private.clock() at time zone time_zone)::date
  then
    v_at := (listing.desired_until + 1)::timestamp at time zone time_zone;
    v_code := 'lapsed';
  else
    v_at := listing.synced_at;
    v_code := case
      when listing.desired_visible then 'shown'
      when listing.remote_id is null then 'absent'
      when listing.synced_at > now() - interval '15 minutes' then 'hidden_lately'
      else 'hidden'
    end;
  end if;
  return format(app_private.portal_notice_text(v_code, locale),
    to_char(v_at at time zone time_zone, v_pattern), listing.error_message);
end;
$$;
comment on function app_private.portal_notice(app_public.portal_listings, text, text) is
  'What the portal is known to show about a mentor, as a sentence for coordinators in nb, nn or en,
with times in the given zone: since when a sync is pending and why, what needs attention, or what
was confirmed when (P4, P9).';
