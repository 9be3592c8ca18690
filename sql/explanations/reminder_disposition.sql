create or replace function app_private.reminder_disposition(
  reminder app_public.certification_reminders
) returns text
language sql
stable
as $$
  select format('The threshold of %s days was dealt with on %s: %s.', reminder.threshold_days,
    reminder.decided_on, case reminder.disposition
      when 'notified' then 'a reminder was written'
      when 'seeded' then 'a silent import marked it as done'
      else format('it was missed and covered by the more urgent threshold of %s days',
        reminder.collapsed_into_days)
    end)
$$;
comment on function app_private.reminder_disposition(app_public.certification_reminders) is
  'How a threshold was dealt with, in a sentence.';
