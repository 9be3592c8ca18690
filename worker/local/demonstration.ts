import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { withClient } from "../database/pool.ts";
import { importFile } from "../import/import.ts";
import type { Kind } from "../import/kinds.ts";
import { formatProblem } from "../import/problem.ts";
import { findOrganization } from "../nightly/organization.ts";
import {
  addDays,
  assignmentsCsv,
  CLOSED_ASSIGNMENT,
  LISTED_BEFORE,
  mentorsCsv,
  peopleCsv,
} from "./demonstration/roster.ts";

export { LISTED_BEFORE } from "./demonstration/roster.ts";

export const DEMONSTRATION = "demo";

/**
 * Whether the website shows a mentor before it is told anything: some whom it has to hide, and some
 * who may stay.
 */
export function isListedBefore(mentor: { organization: string; key: string }): boolean {
  return mentor.organization === DEMONSTRATION && LISTED_BEFORE.includes(mentor.key);
}

/** How long ago the demonstration's files are imported: what expired since is tonight's work. */
const IMPORTED_DAYS_AGO = 10;

/**
 * Fills an empty database with a demonstration organisation of forty mentors in three chapters and
 * a dozen assignments, by the same imports and commands that an association would use; one that was
 * interrupted is completed.
 * Returns false if there was nothing to do.
 */
export async function createDemonstration(databaseUrl: string): Promise<boolean> {
  const { isFilled, hasMentors, hasAssignments } = await withClient(databaseUrl, lookAround);
  if (isFilled) return false;
  const today = await withClient(databaseUrl, prepareOrganization);
  const asOf = `${addDays(today, -IMPORTED_DAYS_AGO)} 12:00:00 Europe/Oslo`;
  await importText(databaseUrl, "people", peopleCsv(), asOf);
  if (!hasMentors) await importText(databaseUrl, "mentors", mentorsCsv(today), asOf);
  if (!hasAssignments) await importText(databaseUrl, "assignments", assignmentsCsv(today), asOf);
  await withClient(databaseUrl, (client) => changeSome(client, today, asOf));
  return true;
}

interface Contents {
  /** Somebody's own organisation, or the whole demonstration. */
  isFilled: boolean;
  hasMentors: boolean;
  hasAssignments: boolean;
}

async function lookAround(client: pg.Client): Promise<Contents> {
  const { rows } = await client.query<Contents>(
    `select
       exists (select from app_public.organizations as o where o.slug <> $1)
         -- The pauses by people come last.
         or exists (select from app_public.mentor_pauses as p where p.kind = 'person')
         as "isFilled",
       exists (select from app_public.mentors) as "hasMentors",
       exists (select from app_public.assignments) as "hasAssignments"`,
    [DEMONSTRATION],
  );
  return rows[0] ?? { isFilled: false, hasMentors: false, hasAssignments: false };
}

/** The day on the organisation's calendar; creates the organisation if need be. */
async function prepareOrganization(client: pg.Client): Promise<string> {
  const { rowCount } = await client.query(
    "select from app_public.organizations as o where o.slug = $1",
    [DEMONSTRATION],
  );
  if (rowCount === 0) {
    await client.query("select from app_private.create_organization($1, $2)", [
      DEMONSTRATION,
      "Demonstrasjonslaget",
    ]);
  }
  return (await findOrganization(client, DEMONSTRATION)).today;
}

async function importText(databaseUrl: string, kind: Kind, text: string, asOf: string) {
  const folder = await mkdtemp(join(tmpdir(), "mentor-lifecycle-demonstration-"));
  try {
    const file = join(folder, `${kind}.csv`);
    await writeFile(file, text);
    await importFile(databaseUrl, {
      kind,
      organization: DEMONSTRATION,
      file,
      asOf,
      // What was due before the demonstration began has been said.
      silent: true,
      onProblem: (problem) => {
        throw new Error(`The demonstration's ${kind} are wrong: ${formatProblem(problem)}`);
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Two pauses by people, one whose planned return is today and one without an end; and an assignment
 * that is closed.
 */
async function changeSome(client: pg.Client, today: string, asOf: string): Promise<void> {
  await client.query("begin");
  await client.query("select set_config('mentor_lifecycle.as_of', $1, true)", [asOf]);
  await client.query(
    `select app_public.pause_mentor(m.id, story.reason, story.return_on)
     from (values
       ('M009', 'Travelling', $1::date),
       ('M010', 'Needs a rest', null)
     ) as story (mentor_key, reason, return_on)
     join app_public.mentors as m on m.mentor_key = story.mentor_key`,
    [today],
  );
  await client.query(
    `update app_public.assignments as a
     set closed_on = app_private.local_date(a.organization_id)
     where a.assignment_key = $1`,
    [CLOSED_ASSIGNMENT],
  );
  await client.query("commit");
}
