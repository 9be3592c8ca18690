/*
 * A new version of the wish starts over: what failed for the older one says nothing about it. A
 * version that is raised alone asks for the same wish to be told again.
 */
create or replace function app_private.tg_portal_listings__count_version() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  NEW.desired_version := OLD.desired_version + 1;
  NEW.condition := 'pending';
  -- Who was to be shown, and may have been hidden for weeks, is overdue as a hide from now on only.
  NEW.pending_since := case
    when NEW.desired_visible is not distinct from OLD.desired_visible
      and (OLD.condition <> 'needs_attention' or not NEW.desired_visible)
    then coalesce(OLD.pending_since, now())
    else now()
  end;
  NEW.attempts := 0;
  NEW.next_attempt_at := now();
  NEW.error_class := null;
  NEW.error_code := null;
  NEW.error_message := null;
  return NEW;
end;
$$;
comment on function app_private.tg_portal_listings__count_version() is
  'Counts every change of what the website should show, whoever makes it, and makes it pending
(P1).';

create or replace trigger _100_count_version
  before update on app_public.portal_listings
  for each row
  when (
    (OLD.desired_visible, OLD.desired_until, OLD.desired_version)
      is distinct from (NEW.desired_visible, NEW.desired_until, NEW.desired_version)
  )
  execute function app_private.tg_portal_listings__count_version();
