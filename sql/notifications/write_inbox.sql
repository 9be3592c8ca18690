create or replace function app_private.write_inbox(delivery_ids uuid[], subjects text[], bodies
text[]) returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_written integer;
begin
  update app_public.notification_deliveries as d
  set state = 'sent',
      attempts = 1,
      next_attempt_at = null,
      attempted_at = clock_timestamp(),
      sent_at = clock_timestamp(),
      subject = written.subject,
      body = written.body
  from unnest(delivery_ids, subjects, bodies) as written (id, subject, body)
  where d.id = written.id
    and d.id in (
      select mine.id
      from app_public.notification_deliveries as mine
      where mine.id = any (delivery_ids)
        and mine.channel = 'in_app'
        and mine.state = 'queued'
      for no key update skip locked
    );
  get diagnostics v_written = row_count;
  return v_written;
end;
$$;
comment on function app_private.write_inbox(uuid[], text[], text[]) is
  'Puts messages into inboxes, in the words given; returns how many were not there yet (N3, N5).';
