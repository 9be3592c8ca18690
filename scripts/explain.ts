import { parseArgs } from "node:util";
import { alignColumns } from "../worker/align-columns.ts";
import { readConfig } from "../worker/config.ts";
import { createPool } from "../worker/database/pool.ts";
import { explainMentor } from "../worker/explain/explain-mentor.ts";
import type { Explanation } from "../worker/explain/explain-mentor.ts";
import { findOrganization } from "../worker/nightly/organization.ts";
import { isDate, required, runCommand } from "./run-command.ts";

const USAGE = `Usage: npm run explain -- --organization SLUG --mentor MENTOR_KEY [options]

Says why a mentor was or was not reminded, paused, listed or written to on a date. Changes nothing,
and may be copied into an e-mail: it names nobody but by id. Needs DATABASE_URL.

  --organization SLUG  whose mentor
  --mentor MENTOR_KEY  the mentor's key, as the roster has it
  --on YYYY-MM-DD      the local date (today); of a date to come it says what is planned
  --json               machine-readable result on standard output
  --help               this text

docs/notifications.md says how to read it.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      organization: { type: "string" },
      mentor: { type: "string" },
      on: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const slug = required(values.organization, "--organization");
  const mentorKey = required(values.mentor, "--mentor");
  if (values.on !== undefined && !isDate(values.on)) {
    throw new Error(`--on ${values.on} is not a date: write it as YYYY-MM-DD.`);
  }
  const pool = createPool(readConfig().databaseUrl, {
    applicationName: "mentor-lifecycle-explain",
  });
  try {
    const organization = await findOrganization(pool, slug);
    const rows = await explainMentor(pool, { organization, mentorKey, on: values.on });
    const title = `Mentor ${mentorKey} on ${values.on ?? organization.today}\n`;
    console.log(values.json ? JSON.stringify(rows, null, 2) : `${title}\n${table(rows)}`);
  } finally {
    await pool.end();
  }
}

function table(rows: Explanation[]): string {
  return alignColumns([
    ["topic", "about", "so it is", "why"],
    ...rows.map(({ topic, subject, verdict, explanation }) => [
      topic,
      subject,
      verdict.replace("_", " "),
      explanation,
    ]),
  ]);
}

await runCommand("explain", main);
