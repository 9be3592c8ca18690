/*
 * The cause of a follow-up may go before anybody is told, and come back: a mentor pauses in the
 * morning and returns in the evening, a contact is registered by mistake and taken back. Then the
 * silence is what it was, and nobody knows.
 */
create or replace view app_private.untold_follow_ups
with (security_invoker = true)
as
select n.id as notification_id, n.assignment_id, n.last_contact_on, n.step
from app_public.notifications as n
where n.kind = 'assignment_quiet'
  and n.state = 'superseded';
comment on view app_private.untold_follow_ups is
  'Steps that a night has dealt with and that nobody was told of, because the cause had gone when
they were to be told; the night decides them again where it has come back (F1).';
