import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { TableState } from "./table.ts";

const kept = z.object({
  counter: z.int(),
  rows: z.array(
    z.object({
      id: z.guid(),
      key: z.string().nullable(),
      visible: z.boolean(),
      visibleUntil: z.string().nullable(),
      version: z.int().nullable(),
      etag: z.string(),
      modifiedOn: z.string(),
      modifiedBy: z.enum(["api", "human"]),
    }),
  ),
});

/** The state that a caller of snapshot() gives back. */
export function parseState(value: unknown, origin: string): TableState {
  const result = kept.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`${origin} does not hold the rows of a simulator.`, { cause: result.error });
}

/** What an earlier run has kept; nothing if there is no such file. */
export function readState(file: string | undefined): TableState | undefined {
  if (file === undefined) return undefined;
  try {
    return parseState(JSON.parse(readFileSync(file, "utf8")), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (error instanceof SyntaxError) throw new Error(`${file} is not JSON.`, { cause: error });
    throw error;
  }
}

/** Keeps each state; a reader finds the one before or the one after, never half of it. */
export function keeper(file: string | undefined): ((state: TableState) => void) | undefined {
  if (file === undefined) return undefined;
  mkdirSync(dirname(file), { recursive: true });
  return (state) => {
    writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
    renameSync(`${file}.new`, file);
  };
}
