import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { withClient } from "../database/pool.ts";
import { importFile } from "../import/import.ts";
import type { Kind } from "../import/kinds.ts";
import { formatProblem } from "../import/problem.ts";
import { findOrganization } from "../nightly/organization.ts";
import { addDays, mentorsCsv, peopleCsv } from "./demonstration/roster.ts";

export const DEMONSTRATION = "demo";

/** How long ago the demonstration's files are imported: what expired since is tonight's work. */
const IMPORTED_DAYS_AGO = 10;

/**
 * Fills an empty database with a demonstration organisation of forty mentors in three chapters, by
 * the same imports and commands that an association would use. Returns false if it is not empty.
 */
export async function createDemonstration(databaseUrl: string): Promise<boolean> {
  const today = await withClient(databaseUrl, createOrganization);
  if (today === undefined) return false;
  const asOf = `${addDays(today, -IMPORTED_DAYS_AGO)} 12:00:00 Europe/Oslo`;
  await importText(databaseUrl, "people", peopleCsv(), asOf);
  await importText(databaseUrl, "mentors", mentorsCsv(today), asOf);
  await withClient(databaseUrl, (client) => pauseSome(client, today, asOf));
  return true;
}

async function createOrganization(client: pg.Client): Promise<string | undefined> {
  const existing = await client.query("select from app_public.organizations as o limit 1");
  if (existing.rowCount !== 0) return undefined;
  await client.query("select from app_private.create_organization($1, $2)", [
    DEMONSTRATION,
    "Demonstrasjonslaget",
  ]);
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

/** Two pauses by people: one whose planned return is today, one without an end. */
async function pauseSome(client: pg.Client, today: string, asOf: string): Promise<void> {
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
  await client.query("commit");
}
