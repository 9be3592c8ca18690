create or replace function app_private.follow_up_disposition(
  reminder app_public.follow_up_reminders
) returns text
language sql
stable
as $$
  select format('Step %s was dealt with on %s: %s.', reminder.step, reminder.decided_on,
    case reminder.disposition
      when 'notified' then 'a reminder was written'
      when 'seeded' then 'a silent import marked it as done'
      else format('it was missed and covered by step %s', reminder.collapsed_into_step)
    end)
$$;
comment on function app_private.follow_up_disposition(app_public.follow_up_reminders) is
  'How a step of a follow-up was dealt with, in a sentence.';
