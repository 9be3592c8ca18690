import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, lifeOf } from "./processes.ts";
import type { ProcessIdentity } from "./processes.ts";

const PATIENCE_MS = 60_000;

/** Lets one process at a time decide what to do about a data folder. */
export async function withStartLock<Result>(
  folder: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const path = join(folder, "start.lock");
  const until = Date.now() + PATIENCE_MS;
  while (!take(path)) {
    const holder = holderOf(path);
    if (holder !== undefined && lifeOf(holder) === "dead") rmSync(path, { force: true });
    else if (Date.now() > until) {
      throw new Error(
        `Another process has been starting PostgreSQL in ${folder} for a minute; if none does, remove ${path}`,
      );
    } else await sleep(50);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(identify(process.pid)), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function holderOf(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessIdentity;
  } catch {
    // Being written at this moment, or gone already.
    return undefined;
  }
}
