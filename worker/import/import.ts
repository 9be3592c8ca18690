import { basename } from "node:path";
import type { ClientBase } from "pg";
import { withClient } from "../database/pool.ts";
import { kinds } from "./kinds.ts";
import type { Kind } from "./kinds.ts";
import { UnreadableFile } from "./problem.ts";
import type { Problem } from "./problem.ts";
import type { Progress } from "./progress.ts";
import { readCsv } from "./read-csv.ts";
import type { CsvRow } from "./read-csv.ts";
import { summarize } from "./summary.ts";
import type { Summary, SummaryRow } from "./summary.ts";

export interface ImportOptions {
  kind: Kind;
  /** Slug of the organisation. */
  organization: string;
  /** Path of the CSV file. */
  file: string;
  /** Do everything, then roll back (false). */
  dryRun?: boolean;
  /** Arm no reminder and no follow-up that is due already (false). */
  silent?: boolean;
  /** Told of everything that is wrong with the file, as it is found. */
  onProblem: (problem: Problem) => void;
  progress?: Progress;
  /** What the rules take for now; the present unless a test says otherwise. */
  asOf?: string;
}

const PROBLEMS: Record<Kind, string> = {
  people: "app_private.import_problems_people($1::uuid, $2::uuid)",
  mentors: "app_private.import_problems_mentors($1::uuid, $2::uuid)",
  assignments: "app_private.import_problems_assignments($1::uuid, $2::uuid)",
};

const APPLY: Record<Kind, string> = {
  people: "app_private.import_people($1::uuid, $2::uuid)",
  mentors: "app_private.import_mentors($1::uuid, $2::uuid, $3::boolean)",
  assignments: "app_private.import_assignments($1::uuid, $2::uuid, $3::boolean)",
};

/** Statistics of what a large file fills are needed before the next night, not whenever autovacuum comes. */
const TOUCHED: Record<Kind, string> = {
  people: "app_public.people, app_public.coordinators, app_public.chapter_administrators",
  mentors: `app_public.people, app_public.mentors, app_public.certifications, app_public.mentor_pauses,
    app_public.mentor_journal, app_public.coordinator_assignments, app_public.portal_listings,
    app_public.certification_reminders`,
  assignments: "app_public.assignments, app_public.follow_up_reminders",
};
const LARGE = 1_000;

/**
 * Imports a file in one transaction: all of it or, if anything is wrong with it, nothing.
 *
 * Returns the summary, or undefined if there were problems, each of which `onProblem` was told.
 */
export async function importFile(
  connectionString: string,
  options: ImportOptions,
): Promise<Summary | undefined> {
  return await withClient(
    connectionString,
    async (client) => {
      await client.query("begin");
      let summary: Summary | undefined;
      try {
        summary = await importInTransaction(client, options);
        await client.query(summary && options.dryRun !== true ? "commit" : "rollback");
      } catch (error) {
        // A broken connection cannot roll back and need not; the first error is the one to report.
        await client.query("rollback").catch(() => {});
        if (!(error instanceof UnreadableFile)) throw error;
        options.onProblem(error.problem);
        return undefined;
      }
      if (summary && !summary.dryRun && summary.rows >= LARGE) {
        await client.query(`analyze ${TOUCHED[options.kind]}`);
      }
      return summary;
    },
    "mentor-lifecycle-import",
  );
}

async function importInTransaction(
  client: ClientBase,
  options: ImportOptions,
): Promise<Summary | undefined> {
  const { kind, progress } = options;
  let problems = 0;
  const onProblem = (problem: Problem) => {
    problems += 1;
    options.onProblem(problem);
  };

  if (options.asOf !== undefined) {
    await client.query("select set_config('mentor_lifecycle.as_of', $1, true)", [options.asOf]);
  }
  progress?.phase("waiting for another import into the organisation to end,");
  const target = await begin(client, options.organization);
  progress?.phase("reading");
  const rows = readCsv(options.file, kinds[kind], onProblem);
  const count = await load(client, target.importId, rows, progress);
  progress?.phase("checking");
  await check(client, kind, target, onProblem);
  if (problems > 0) return undefined;

  progress?.phase("storing");
  const parameters: unknown[] = [target.organizationId, target.importId];
  if (kind !== "people") parameters.push(options.silent ?? false);
  const { rows: summary } = await client.query<SummaryRow>(
    `select s.subject, s.outcome, s.amount, s.message from ${APPLY[kind]} as s`,
    parameters,
  );
  const { organization, file, dryRun = false } = options;
  return summarize({ kind, organization, file: basename(file), rows: count, dryRun }, summary);
}

interface Target {
  importId: string;
  organizationId: string;
}

async function begin(client: ClientBase, slug: string): Promise<Target> {
  const { rows } = await client.query<{ import_id: string; organization_id: string }>(
    "select b.import_id, b.organization_id from app_private.begin_import($1) as b",
    [slug],
  );
  const [row] = rows;
  if (!row) throw new Error(`app_private.begin_import returned nothing for ${slug}`);
  return { importId: row.import_id, organizationId: row.organization_id };
}

const BATCH = 1_000;

/** Waits for each batch before it reads the next, so that memory stays flat however long the file is. */
async function load(
  client: ClientBase,
  importId: string,
  rows: AsyncIterable<CsvRow>,
  progress?: Progress,
): Promise<number> {
  let batch: CsvRow[] = [];
  let count = 0;
  const flush = async () => {
    if (batch.length === 0) return;
    await client.query(
      `insert into app_private.import_rows (import_id, line, cells)
       select $1, r.line, r.cells
       from jsonb_to_recordset($2::jsonb) as r (line integer, cells jsonb)`,
      [importId, JSON.stringify(batch)],
    );
    count += batch.length;
    batch = [];
    progress?.rows(count);
  };
  for await (const row of rows) {
    batch.push(row);
    if (batch.length === BATCH) await flush();
  }
  await flush();
  return count;
}

/** Through a cursor: a file in which every cell is wrong must not fill the memory with its mistakes. */
async function check(
  client: ClientBase,
  kind: Kind,
  target: Target,
  onProblem: (problem: Problem) => void,
): Promise<void> {
  await client.query(
    `declare import_problem no scroll cursor for
     select p.line, p.column_name as "column", p.value, p.cause
     from ${PROBLEMS[kind]} as p`,
    [target.organizationId, target.importId],
  );
  for (;;) {
    const { rows } = await client.query<Problem>(`fetch ${BATCH} from import_problem`);
    if (rows.length === 0) break;
    for (const problem of rows) onProblem(problem);
  }
  await client.query("close import_problem");
}
