import { readFile, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type pg from "pg";

export interface SqlFile {
  path: string;
  text: string;
}

export async function readSqlFiles(folder: string): Promise<SqlFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".sql"))
    .map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths.map(async (path) => ({
      path: relative(folder, path).split(sep).join("/"),
      text: await readFile(path, "utf8"),
    })),
  );
  return files.toSorted(functionsFirst);
}

const CREATES_FUNCTION = /^\s*create\s+(or\s+replace\s+)?(function|procedure)\s/im;

/** Functions before views, policies and grants, which name them; then by path. */
function functionsFirst(a: SqlFile, b: SqlFile): number {
  const rank = Number(!CREATES_FUNCTION.test(a.text)) - Number(!CREATES_FUNCTION.test(b.text));
  return rank || (a.path < b.path ? -1 : 1);
}

/** One sentence with place, message and hint; the database's own error stays the cause. */
export function sqlError(place: string, error: pg.DatabaseError): Error {
  const hint = error.hint === undefined ? "" : ` (${error.hint})`;
  return new Error(`${place}: ${error.message}${hint}`, { cause: error });
}

/** The line, from 1, of a character position, from 1. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, Math.max(0, position - 1)).split("\n").length;
}
