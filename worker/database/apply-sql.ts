import pg from "pg";
import type { ClientBase } from "pg";
import { requireOwnPolicies, revokeGrants } from "./grants.ts";
import { sqlFolder } from "./root.ts";
import { lineAt, readSqlFiles, sqlError } from "./sql-files.ts";
import type { SqlFile } from "./sql-files.ts";
import { dropStale, rememberObjects } from "./stale.ts";
import { validateFunctions } from "./validate-functions.ts";

/** Held until the transaction ends; two appliers would otherwise fail on the same catalogue row. */
const APPLY_LOCK = 762_310_002;

/** A table that stays locked for longer is in use; better to give up than to queue everybody. */
const LOCK_TIMEOUT = "15s";

export interface AppliedSql {
  /** Files, relative to the folder, in the order in which they were run. */
  applied: string[];
  /** What the database had and no file creates any more, as it was dropped. */
  dropped: string[];
}

/**
 * Makes functions, views, triggers, policies and grants what the files of sql/ say, in one
 * transaction: everything is created anew, and what no file creates or grants any more is gone.
 */
export async function applySql(
  client: ClientBase,
  options: { folder?: string } = {},
): Promise<AppliedSql> {
  const files = await readSqlFiles(options.folder ?? sqlFolder);
  await client.query("begin");
  try {
    await client.query("select pg_advisory_xact_lock($1)", [APPLY_LOCK]);
    await client.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    // Functions may call each other in a circle; their bodies are checked once all are there.
    await client.query("set local check_function_bodies = off");
    await revokeGrants(client);
    const before = await rememberObjects(client);
    const applied = await runInWorkingOrder(client, files.filter(isNotRights));
    await validateFunctions(client, files);
    // Last, because a policy keeps everybody from its table until the end of the transaction.
    applied.push(...(await runInWorkingOrder(client, files.filter(isRights))));
    const dropped = await dropStale(client, before);
    await requireOwnPolicies(client);
    await client.query("commit");
    return { applied, dropped };
  } catch (error) {
    // A broken connection cannot roll back and need not; the first error is the one to report.
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

function isRights({ path }: SqlFile): boolean {
  return /(^|\/)rights_\w+\.sql$/.test(path);
}

function isNotRights(file: SqlFile): boolean {
  return !isRights(file);
}

/** undefined_table, undefined_function, undefined_object, undefined_column */
const NOT_THERE_YET = new Set(["42P01", "42883", "42704", "42703"]);

/**
 * Runs every file; one that needs an object which a later file creates waits for the next round.
 * A round in which nothing succeeds ends with the first error.
 */
async function runInWorkingOrder(client: ClientBase, files: SqlFile[]): Promise<string[]> {
  const applied: string[] = [];
  let waiting = files;
  while (waiting.length > 0) {
    const next: SqlFile[] = [];
    let firstError: unknown;
    for (const file of waiting) {
      await client.query("savepoint sql_file");
      try {
        await client.query(file.text);
        await client.query("release savepoint sql_file");
        applied.push(file.path);
      } catch (error) {
        const located = locate(error, file);
        if (!(error instanceof pg.DatabaseError && NOT_THERE_YET.has(error.code ?? ""))) {
          throw located;
        }
        await client.query("rollback to savepoint sql_file");
        firstError ??= located;
        next.push(file);
      }
    }
    if (next.length === waiting.length) throw firstError;
    waiting = next;
  }
  return applied;
}

function locate(error: unknown, file: SqlFile): Error {
  if (!(error instanceof pg.DatabaseError)) {
    return new Error(`sql/${file.path} could not be applied`, { cause: error });
  }
  const line = error.position === undefined ? "" : `:${lineAt(file.text, Number(error.position))}`;
  return sqlError(`sql/${file.path}${line}`, error);
}
