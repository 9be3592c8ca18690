import { readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TEMPORARY_PREFIX, isOurs, temporaryFolders } from "./places.ts";
import { lifeOf, stopPostmaster } from "./processes.ts";
import type { ProcessIdentity } from "./processes.ts";

/**
 * What a later start must know about a server, in a file beside its data that the server's account
 * cannot write: signals are sent to nothing else than the processes named here.
 */
export interface ServerRecord {
  owner: ProcessIdentity;
  postmaster?: ProcessIdentity;
  port?: number;
}

export function writeRecord(folder: string, record: ServerRecord): void {
  const path = join(folder, "server.json");
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function readRecord(folder: string): ServerRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, "server.json"), "utf8")) as ServerRecord;
  } catch {
    return undefined;
  }
}

export function removeRecord(folder: string): void {
  rmSync(join(folder, "server.json"), { force: true });
}

/**
 * Stops the servers and removes the data of temporary ones whose owner was killed before it could
 * do so itself. Folders of other users and of other containers are left alone.
 */
export async function clearLeftovers(): Promise<string[]> {
  const cleared: string[] = [];
  for (const folder of temporaryFolders().flatMap(listTemporary)) {
    if (!isOurs(folder)) continue;
    const record = readRecord(folder);
    if (record ? lifeOf(record.owner) !== "dead" : isYoung(folder)) continue;
    if (record?.postmaster) await stopPostmaster(record.postmaster);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    cleared.push(folder);
  }
  return cleared;
}

/** A folder gets its record at once; one that still has none after a minute never will. */
function isYoung(folder: string): boolean {
  return Date.now() - statSync(folder).mtimeMs < 60_000;
}

function listTemporary(parent: string): string[] {
  try {
    return readdirSync(parent)
      .filter((name) => name.startsWith(TEMPORARY_PREFIX))
      .map((name) => join(parent, name));
  } catch {
    return [];
  }
}
