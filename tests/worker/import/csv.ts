import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withClient } from "../../../worker/database/pool.ts";
import { importFile } from "../../../worker/import/import.ts";
import type { ImportOptions } from "../../../worker/import/import.ts";
import { kinds } from "../../../worker/import/kinds.ts";
import type { Kind } from "../../../worker/import/kinds.ts";
import type { Problem } from "../../../worker/import/problem.ts";
import type { Summary } from "../../../worker/import/summary.ts";

/** Noon of a day late in 2026; what the tests import is judged as of then. */
export const AS_OF = "2026-11-22 11:00:00+00";

/** A file for the length of a test. */
export async function withFile<Result>(
  content: string | Buffer,
  work: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "import-"));
  try {
    const path = join(folder, "file.csv");
    await writeFile(path, content);
    return await work(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A file of a kind from rows that say only what matters to the test. */
export function csv(kind: Kind, rows: Record<string, string>[]): string {
  const columns = kinds[kind];
  const lines = rows.map((row) => columns.map((column) => quoted(row[column] ?? "")).join(","));
  return [columns.join(","), ...lines, ""].join("\n");
}

function quoted(cell: string): string {
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** A row of a file of mentors: a mentor of Oslo who is certified for the year. */
export function mentorRow(overrides: Record<string, string> = {}): Record<string, string> {
  const key = overrides["mentor_key"] ?? "M1";
  return {
    mentor_key: key,
    email: `${key.toLowerCase()}@example.org`,
    full_name: `Mentor ${key}`,
    chapter: "Oslo",
    portal_consent: "yes",
    certification_type: "Likeperson",
    valid_from: "2026-01-01",
    expires_on: "2026-12-31",
    ...overrides,
  };
}

export function uncertifiedRow(overrides: Record<string, string> = {}): Record<string, string> {
  return mentorRow({ certification_type: "", valid_from: "", expires_on: "", ...overrides });
}

export interface Outcome {
  summary: Summary | undefined;
  problems: Problem[];
}

/** Imports a text as the command would, into the organisation hlf as of AS_OF. */
export async function importText(
  databaseUrl: string,
  kind: Kind,
  content: string | Buffer | Record<string, string>[],
  options: Partial<ImportOptions> = {},
): Promise<Outcome> {
  const problems: Problem[] = [];
  const text = Array.isArray(content) ? csv(kind, content) : content;
  const summary = await withFile(text, (file) =>
    importFile(databaseUrl, {
      kind,
      organization: "hlf",
      file,
      asOf: AS_OF,
      onProblem: (problem) => problems.push(problem),
      ...options,
    }),
  );
  return { summary, problems };
}

export async function createOrganization(databaseUrl: string, slug = "hlf"): Promise<string> {
  const [row] = await query<{ id: string }>(
    databaseUrl,
    "select o.id from app_private.create_organization($1, 'An association') as o",
    [slug],
  );
  return row?.id ?? "";
}

export async function query<Row extends object>(
  databaseUrl: string,
  sql: string,
  parameters: unknown[] = [],
): Promise<Row[]> {
  return await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<Row>(sql, parameters);
    return rows;
  });
}

/** Every row of every table of ours with the transaction that wrote it. */
export async function wholeDatabase(databaseUrl: string): Promise<Record<string, string[]>> {
  return await withClient(databaseUrl, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', t.schemaname, t.tablename) as name
       from pg_tables as t
       where t.schemaname in ('app_public', 'app_private')
       order by name`,
    );
    const contents: Record<string, string[]> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(
        `select format('%s %s', t.xmin, t) as row from ${name} as t order by row`,
      );
      contents[name] = rows.map(({ row }) => row);
    }
    return contents;
  });
}
