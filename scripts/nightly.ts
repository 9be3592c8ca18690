import { parseArgs } from "node:util";
import type pg from "pg";
import { readConfig } from "../worker/config.ts";
import { createPool } from "../worker/database/pool.ts";
import { findOrganization } from "../worker/nightly/organization.ts";
import type { Organization } from "../worker/nightly/organization.ts";
import { previewNightly } from "../worker/nightly/preview.ts";
import { planTable, runSentence } from "../worker/nightly/print.ts";
import { readRun, runNightly } from "../worker/nightly/run.ts";
import type { NightlyRun } from "../worker/nightly/run.ts";
import { isDate, runCommand } from "./run-command.ts";

const USAGE = `Usage: npm run nightly -- --organization SLUG [options]

Runs the night of an organisation, or shows what it would do. Safe to repeat: what was done is not
done twice. Needs DATABASE_URL.

  --organization SLUG  whose night
  --on YYYY-MM-DD      local date whose facts are acted on (today)
  --preview            show the plan and change nothing
  --all                with --preview: also list who is left alone, and why
  --approve RUN_ID     apply the plan of a run that the brake has stopped
  --json               machine-readable result on standard output
  --help               this text

Ends with 0 on success, 1 on an error, 2 if the run waits for approval or had failures.`;

const options = {
  organization: { type: "string" },
  on: { type: "string" },
  preview: { type: "boolean", default: false },
  all: { type: "boolean", default: false },
  approve: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (values.organization === undefined) {
    throw new Error("--organization is missing: give the slug of the organisation. See --help.");
  }
  if (values.approve !== undefined && (values.preview || values.on !== undefined)) {
    throw new Error("--approve names the run and its date: leave out --preview and --on.");
  }
  if (values.all && !values.preview) throw new Error("--all belongs to --preview.");
  if (values.on !== undefined && !isDate(values.on)) {
    throw new Error(`--on ${values.on} is not a date: write it as YYYY-MM-DD.`);
  }
  const pool = createPool(readConfig().databaseUrl, {
    applicationName: "mentor-lifecycle-nightly",
  });
  try {
    const organization = await findOrganization(pool, values.organization);
    const target = { organizationId: organization.id, runOn: values.on };
    if (values.preview) {
      const actions = await previewNightly(pool, { ...target, includeUnchanged: values.all });
      console.log(values.json ? JSON.stringify(actions, null, 2) : planTable(actions));
      return;
    }
    const run =
      values.approve === undefined
        ? await runNightly(pool, { ...target, onProgress: showProgress })
        : await approve(pool, organization, values.approve);
    report(run, values.json, values.organization);
  } finally {
    await pool.end();
  }
}

async function approve(
  pool: pg.Pool,
  organization: Organization,
  runId: string,
): Promise<NightlyRun> {
  const { rowCount } = await pool.query(
    "select from app_public.nightly_runs as r where r.id::text = $1 and r.organization_id = $2",
    [runId, organization.id],
  );
  if (rowCount === 0) throw new Error(`${organization.slug} has no run ${runId}.`);
  return await readRun(pool, "app_public.approve_nightly_run($1::uuid)", [runId]);
}

function showProgress(mentors: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${mentors} mentors …`);
}

function report(run: NightlyRun, json: boolean, slug: string): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
  const { runId, state, runOn, counts } = run;
  console.log(json ? JSON.stringify({ runId, state, runOn, counts }) : runSentence(run));
  // Without --json the explanation stands on standard output already.
  const explanation = json ? `${run.explanation} ` : "";
  if (state === "needs_approval") {
    process.exitCode = 2;
    console.error(
      `nightly: ${explanation}Look at the plan with --preview, then apply it with: ` +
        `npm run nightly -- --organization ${slug} --approve ${runId}`,
    );
  } else if (state === "succeeded_with_failures") {
    process.exitCode = 2;
    console.error(`nightly: ${explanation}Running the same date again repairs what it can.`);
  }
}

await runCommand("nightly", main);
