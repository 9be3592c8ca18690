import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../worker/database/root.ts";

/** Keeps the figures of the last run in bench/results/. */
export async function saveResults(bench: string, report: unknown): Promise<void> {
  const folder = join(projectRoot, "bench", "results");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${bench}.json`), `${JSON.stringify(report, null, 2)}\n`);
}
