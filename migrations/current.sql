-- Enter migration here

-- What callers said to commands is not kept: app_private.request_digest() says how.
update app_private.command_requests as r
set arguments = to_jsonb(encode(sha256(convert_to(r.arguments::text, 'UTF8')), 'hex'))
where jsonb_typeof(r.arguments) = 'array';
comment on column app_private.command_requests.arguments is
  'A digest of its arguments; others are refused.';

-- Few, and looked up for every silent assignment of a night.
create index if not exists notifications_untold_follow_ups_idx
  on app_public.notifications (assignment_id, last_contact_on, step)
  where kind = 'assignment_quiet' and state = 'superseded';
