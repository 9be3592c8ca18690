import type pg from "pg";
import type { Prepared } from "./prepare.ts";

interface SilentAssignment {
  id: string;
  mentor_id: string;
  last_contact_on: string;
  silent_days: number;
}

/** Days of silence at which the steps of the standard settings are due. */
const STEPS = [45, 60];

/**
 * Follow-up as a script over the table usually does it: read what is silent, and then for one
 * assignment after the other look up what was sent and write what is due, each a transaction.
 *
 * The insert fires our trigger, so the notification is written as by our run; plan, evidence, locks
 * and the second look are not.
 */
export async function runFoil(
  client: Pick<pg.ClientBase, "query">,
  { organizationId, runOn }: Prepared,
  limit: number,
): Promise<{ assignments: number }> {
  const { rows } = await client.query<SilentAssignment>(
    `select a.id, a.mentor_id, a.last_contact_on, $2::date - a.last_contact_on as silent_days
     from app_public.assignments as a
     join app_public.mentors as m on m.id = a.mentor_id
     where a.organization_id = $1::uuid
       and a.closed_on is null
       and a.last_contact_on <= $2::date - $3::integer
       and m.status = 'active'
     order by a.id
     limit $4::integer`,
    [organizationId, runOn, STEPS[0], limit],
  );
  for (const assignment of rows) await followUp(client, assignment, runOn);
  return { assignments: rows.length };
}

async function followUp(
  client: Pick<pg.ClientBase, "query">,
  { id, mentor_id, last_contact_on, silent_days }: SilentAssignment,
  runOn: string,
): Promise<void> {
  const { rows } = await client.query<{ step: number }>({
    name: "sent",
    text: `select f.step from app_public.follow_up_reminders as f
           where f.assignment_id = $1 and f.last_contact_on = $2`,
    values: [id, last_contact_on],
  });
  const due = STEPS.flatMap((days, index) => (silent_days >= days ? [index + 1] : [])).filter(
    (step) => !rows.some((sent) => sent.step === step),
  );
  const latest = due.at(-1);
  if (latest === undefined) return;
  await client.query({
    name: "write",
    text: `insert into app_public.follow_up_reminders
             (assignment_id, mentor_id, last_contact_on, step, silent_days, disposition,
              collapsed_into_step, decided_on)
           select $1, $2, $3, due.step, $4, case due.step when $6 then 'notified' else 'collapsed' end,
             case when due.step <> $6 then $6 end, $7
           from unnest($5::integer[]) as due (step)
           on conflict on constraint follow_up_reminders_once do nothing`,
    values: [id, mentor_id, last_contact_on, silent_days, due, latest, runOn],
  });
}
