import type pg from "pg";
import { prepare as prepareMentors } from "../nightly/prepare.ts";

const ASSIGNMENTS_A_MENTOR = 10;

/** How many assignments are written by one statement. */
const CHUNK = 200_000;

export interface Prepared {
  organizationId: string;
  /** The local date whose night is measured. */
  runOn: string;
}

/**
 * Mentors of whom nothing else is due, each with ten assignments, all of them silent for longer than
 * the standard settings allow (45 days, and 15 more): of four, two have reached the first step, one
 * the second after the first, one the second with the first missed.
 */
export async function prepare(client: pg.ClientBase, assignments: number): Promise<Prepared> {
  const mentors = Math.ceil(assignments / ASSIGNMENTS_A_MENTOR);
  const { organizationId, runOn } = await prepareMentors(client, mentors, { isNothingDue: true });
  for (let from = 1; from <= assignments; from += CHUNK) {
    const to = Math.min(from + CHUNK - 1, assignments);
    await insertAssignments(client, [organizationId, runOn, from, to, mentors]);
  }
  return { organizationId, runOn };
}

async function insertAssignments(client: pg.ClientBase, values: unknown[]): Promise<void> {
  await client.query(
    `with assignment as (
       insert into app_public.assignments (
         organization_id, mentor_id, assignment_key, client_reference, opened_on, last_contact_on
       )
       select $1::uuid, m.id, 'A' || n, 'C-' || n, $2::date - 365,
         $2::date - case when n % 4 < 2 then 45 + n % 15 else 60 + n % 30 end
       from generate_series($3::integer, $4::integer) as n
       join app_public.mentors as m
         on m.organization_id = $1::uuid
         and m.mentor_key = 'M' || (1 + n % $5::integer)
       returning id, mentor_id, last_contact_on, substr(assignment_key, 2)::integer as n
     )
     insert into app_public.follow_up_reminders
       (assignment_id, mentor_id, last_contact_on, step, silent_days, disposition, decided_on)
     select a.id, a.mentor_id, a.last_contact_on, 1, 45, 'seeded', a.last_contact_on + 45
     from assignment as a
     where a.n % 4 = 2`,
    values,
  );
}
