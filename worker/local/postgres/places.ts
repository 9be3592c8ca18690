import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { canEnter } from "./account.ts";
import type { Account } from "./account.ts";

export const TEMPORARY_PREFIX = "mentor-lifecycle-postgres-";

/** Temporary folders of the system, the usual one first. */
export function temporaryFolders(): string[] {
  const folders = process.platform === "win32" ? [tmpdir()] : [tmpdir(), "/tmp", "/var/tmp"];
  return [...new Set(folders.map((folder) => resolve(folder)))];
}

export function temporaryFolderFor(account: Account): string {
  const folder = temporaryFolders().find((candidate) => canEnter(account, candidate));
  if (folder === undefined) {
    throw new Error(
      `The user ${account?.name} can enter no temporary folder (${temporaryFolders().join(", ")})`,
    );
  }
  return folder;
}

/** A new folder of ours that the account may enter but not write. */
export function makeTemporary(account: Account, prefix = TEMPORARY_PREFIX): string {
  const folder = mkdtempSync(join(temporaryFolderFor(account), prefix));
  chmodSync(folder, account === undefined ? 0o700 : 0o755);
  return folder;
}

/**
 * Whether a folder is ours alone to write. Anybody may have made one of this name in a shared
 * place, and what lies in it would be executed or trusted.
 */
export function isOurs(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return false;
  if (process.getuid === undefined) return true;
  return stat.uid === process.getuid() && (stat.mode & 0o022) === 0;
}

/**
 * The folder for data that stay: the one that was asked for, or, if the account cannot enter that
 * (below /root, say), one in /var/lib that belongs to it. A note in the first names the second.
 */
export function persistentFolder(wanted: string, account: Account): string {
  const folder = resolve(wanted);
  mkdirSync(folder, { recursive: true });
  if (account === undefined) return folder;
  const note = join(folder, "moved-to");
  const elsewhere = readNote(note);
  if (elsewhere === undefined && canEnter(account, folder)) return folder;
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  const moved = elsewhere ?? join("/var/lib/mentor-lifecycle", name);
  mkdirSync(moved, { recursive: true, mode: 0o755 });
  chmodSync(dirname(moved), 0o755);
  chmodSync(moved, 0o755);
  if (!isOurs(dirname(moved)) || !isOurs(moved)) {
    throw new Error(`${moved} belongs to somebody else; it should hold the data of ${folder}`);
  }
  writeFileSync(note, `${moved}\n`);
  return moved;
}

function readNote(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
